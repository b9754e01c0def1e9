// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/resampler.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <random>
#include <vector>

#include "sightline/image/color.h"
#include "support/catch.h"
#include "support/skip.h"

using namespace sightline;

namespace {

using Pixels = std::vector<std::uint8_t>;

struct Frame {
  int width;
  int height;
  int channels;
  std::size_t stride() const { return static_cast<std::size_t>(width * channels) + kRowPadding; }
  Pixels pixels;
};

Frame random_frame(int width, int height, int channels, unsigned seed) {
  Frame frame{width, height, channels, {}};
  frame.pixels.resize(frame.stride() * static_cast<std::size_t>(height + Resampler::kBatch));
  std::mt19937 random(seed);
  // Extreme values are the most likely to overflow: half of the samples are 0 or 255.
  std::generate(frame.pixels.begin(), frame.pixels.end(), [&] {
    const auto value = static_cast<unsigned>(random());
    return static_cast<std::uint8_t>(value % 2 == 0 ? value >> 8 : (value & 2) != 0 ? 255 : 0);
  });
  return frame;
}

bool has_torch_axis(Resample filter) {
  return filter == Resample::lanczos || filter == Resample::bilinear || filter == Resample::bicubic;
}

/// The weighted sum of `axis.weight(i)` and samples `step` apart, as the formula in resample_axis.h says.
std::uint8_t one_sample(const ResampleAxis& axis, std::int32_t i, const std::uint8_t* samples,
                        std::size_t step) {
  std::int64_t sum = 1 << 21;
  std::size_t at = static_cast<std::size_t>(axis.first[static_cast<std::size_t>(i)]) * step;
  for (const std::int32_t weight : axis.weight(i)) {
    sum += std::int64_t{weight} * samples[at];
    at += step;
  }
  return static_cast<std::uint8_t>(std::clamp<std::int64_t>(sum >> 22, 0, 255));
}

/// Both passes over a whole frame, sample by sample.
Pixels naive(const Frame& frame, const ResamplePlan& plan) {
  const auto channels = static_cast<std::size_t>(plan.channels);
  const auto columns = static_cast<std::size_t>(plan.columns.size());
  const auto rows = static_cast<std::size_t>(plan.rows.size());
  const auto width = static_cast<std::size_t>(frame.width);
  Pixels out(rows * columns * channels);
  for (std::size_t c = 0; c < channels; ++c) {
    Pixels middle((plan.rows_first ? rows * width : static_cast<std::size_t>(frame.height) * columns));
    for (std::size_t i = 0; i < middle.size(); ++i) {
      middle[i] = plan.rows_first
                      ? one_sample(plan.rows, static_cast<std::int32_t>(i / width),
                                   frame.pixels.data() + (i % width) * channels + c, frame.stride())
                      : one_sample(plan.columns, static_cast<std::int32_t>(i % columns),
                                   frame.pixels.data() + (i / columns) * frame.stride() + c, channels);
    }
    for (std::size_t i = 0; i < rows * columns; ++i) {
      out[i * channels + c] = plan.rows_first
                                  ? one_sample(plan.columns, static_cast<std::int32_t>(i % columns),
                                               middle.data() + i / columns * width, 1)
                                  : one_sample(plan.rows, static_cast<std::int32_t>(i / columns),
                                               middle.data() + i % columns, columns);
    }
  }
  return out;
}

Pixels streamed(const Frame& frame, const ResamplePlan& plan, SimdLevel level) {
  Resampler resampler(plan, level);
  for (int y = 0; y < frame.height; y += Resampler::kBatch) {
    resampler.push(frame.pixels.data() + static_cast<std::size_t>(y) * frame.stride(), frame.stride(),
                   std::min(Resampler::kBatch, frame.height - y));
  }
  Pixels out;
  for (std::int32_t y = 0; y < plan.rows.size(); ++y) {
    const std::uint8_t* row = resampler.output(y);
    out.insert(out.end(), row, row + plan.columns.size() * plan.channels);
  }
  return out;
}

}  // namespace

TEST_CASE("resampler: every instruction set and order of passes matches the plain sums",
          "[image][property]") {
  const Resample filter = GENERATE(Resample::nearest, Resample::lanczos, Resample::bilinear,
                                   Resample::bicubic, Resample::box, Resample::hamming);
  unsigned seed = 0;
  for (const auto& [width, height, columns, rows] :
       {std::array{61, 83, 29, 17}, std::array{7, 5, 50, 41}, std::array{300, 9, 3, 9},
        std::array{40, 200, 40, 11}, std::array{1, 1, 4, 3}, std::array{33, 47, 32, 46}}) {
    for (const int channels : {3, 4}) {
      const Frame frame = random_frame(width, height, channels, ++seed);
      ResamplePlan plan;
      plan.channels = channels;
      // A window of the columns, with rows stored upside down in every second frame.
      const auto make = seed % 3 == 0 && has_torch_axis(filter) ? make_torch_axis : make_axis;
      plan.columns = make(filter, width, columns, columns / 5, columns);
      plan.rows = make(filter, height, rows, 0, rows - rows / 4);
      if (seed % 2 == 0) {
        reverse_source(plan.rows, height);
        reverse_source(plan.columns, width);
      }
      for (const bool rows_first : {false, true}) {
        plan.rows_first = rows_first;
        const Pixels expected = naive(frame, plan);
        for (const SimdLevel level : {SimdLevel::portable, SimdLevel::avx2, SimdLevel::avx512}) {
          INFO("frame " << seed << ", rows first " << rows_first << ", level " << static_cast<int>(level));
          if (simd_supported(level)) {
            CHECK(streamed(frame, plan, level) == expected);
          } else {
            skip("no kernels of level " + std::to_string(static_cast<int>(level)));
          }
        }
      }
    }
  }
}

TEST_CASE("resampler: weights that do not fit three signed bytes give the plain sums", "[image]") {
  const Frame frame = random_frame(20, 1, 3, 77);
  for (const std::int32_t weight : {(127 << 16) - 1, 127 << 16, -(127 << 16)}) {
    ResamplePlan plan;
    plan.columns = make_axis(Resample::box, 20, 20, 3, 11);
    plan.columns.weights[2] = weight;
    plan.columns.weights[5] = -5;
    plan.rows = make_axis(Resample::box, 1, 1, 0, 1);
    const Pixels expected = naive(frame, plan);
    for (const SimdLevel level : {SimdLevel::portable, SimdLevel::avx2, SimdLevel::avx512}) {
      INFO("weight " << weight << ", level " << static_cast<int>(level));
      if (simd_supported(level)) {
        CHECK(streamed(frame, plan, level) == expected);
      }
    }
  }
}

TEST_CASE("resampler: the weights of an output sum to one", "[image][property]") {
  const auto [source, target] =
      GENERATE(std::pair{640, 298}, std::pair{4032, 298}, std::pair{50, 224}, std::pair{3, 2});
  for (const Resample filter :
       {Resample::lanczos, Resample::bilinear, Resample::bicubic, Resample::box, Resample::hamming}) {
    const ResampleAxis axis = make_axis(filter, source, target, 0, target);
    for (std::int32_t i = 0; i < axis.size(); ++i) {
      std::int64_t sum = 0;
      for (const std::int32_t weight : axis.weight(i)) {
        sum += weight;
      }
      CHECK(std::abs(sum - (1 << 22)) <= axis.taps);  // each weight is rounded by half a unit at most
    }
  }
}

TEST_CASE("resampler: PyTorch's weights are 16-bit numbers, as precise as the whole side permits",
          "[image]") {
  const auto shift_of = [](const ResampleAxis& axis) {  // zeros after every weight
    std::uint32_t bits = 0;
    for (const std::int32_t weight : axis.weights) bits |= static_cast<std::uint32_t>(weight);
    return std::countr_zero(bits);
  };
  // 14 bits if a weight is almost 1, and one more whenever the largest weight halves.
  CHECK(shift_of(make_torch_axis(Resample::bilinear, 1000, 10, 0, 10)) == 22 - 21);
  CHECK(shift_of(make_torch_axis(Resample::bilinear, 3, 9, 0, 9)) == 22 - 14);
  CHECK(shift_of(make_torch_axis(Resample::bilinear, 640, 160, 0, 160)) == 22 - 16);
  CHECK(shift_of(make_torch_axis(Resample::bicubic, 65500, 7, 0, 7)) == 0);
  for (const auto& [source, target] : {std::pair{640, 298}, std::pair{4032, 298}, std::pair{50, 224}}) {
    for (const Resample filter : {Resample::lanczos, Resample::bilinear, Resample::bicubic}) {
      const ResampleAxis whole = make_torch_axis(filter, source, target, 0, target);
      const ResampleAxis part = make_torch_axis(filter, source, target, 9, 20);
      for (std::int32_t i = 9; i < 20; ++i) {
        const std::span<const std::int32_t> a = whole.weight(i), b = part.weight(i - 9);
        CHECK(std::equal(a.begin(), a.end(), b.begin(), b.end()));
      }
      const std::int32_t unit = 1 << shift_of(whole);
      for (const std::int32_t weight : whole.weights) CHECK(std::abs(weight / unit) < 1 << 15);
    }
  }
}

TEST_CASE("resampler: PyTorch's two kernels for nearest neighbours differ where rounding decides",
          "[image]") {
  // 23.5 * 2 / 47 is 1, but below 1 in float; the sum with a fused multiply-add is not.
  CHECK(make_nearest_exact_axis(2, 47, 23, 24, NearestKernel::small).first.front() == 0);
  CHECK(make_nearest_exact_axis(2, 47, 23, 24, NearestKernel::large).first.front() == 1);
}

TEST_CASE("resampler: an axis of equal sizes copies, with any filter", "[image]") {
  const ResampleAxis axis = make_axis(Resample::lanczos, 9, 9, 2, 7);
  CHECK(axis.first == std::vector<std::int32_t>{2, 3, 4, 5, 6});
  CHECK(axis.taps == 1);
  CHECK(axis.begin() == 2);
  CHECK(axis.end() == 7);
}

TEST_CASE("color: alpha compositing and un-premultiplying match Pillow's rounding", "[image]") {
  const auto composited = [](std::uint8_t value, std::uint8_t alpha) {
    const std::uint8_t in[4] = {value, value, value, alpha};
    std::uint8_t out[3];
    composite_onto_white(in, out, 1);
    return static_cast<int>(out[0]);
  };
  CHECK(composited(0, 0) == 255);
  CHECK(composited(0, 255) == 0);
  CHECK(composited(0, 128) == 127);
  CHECK(composited(100, 77) == 208);
  std::uint8_t pixel[4] = {200, 100, 255, 128};
  premultiply(pixel, pixel, 1);
  CHECK(std::vector<int>(pixel, pixel + 4) == std::vector<int>{100, 50, 128, 128});
  std::uint8_t rgb[3];
  unpremultiply(pixel, rgb, 1);
  CHECK(std::vector<int>(rgb, rgb + 3) == std::vector<int>{199, 99, 255});  // truncated, as Pillow divides
  const std::uint8_t ink[4] = {255, 128, 0, 64};
  cmyk_to_rgb(ink, rgb, 1);
  CHECK(std::vector<int>(rgb, rgb + 3) == std::vector<int>{0, 95, 191});
}
