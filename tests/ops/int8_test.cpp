// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "sightline/ops/gemm_tile.h"
#include "sightline/ops/int8_panels.h"
#include "sightline/ops/row_quantization.h"
#include "support/catch.h"
#include "support/error_of.h"
#include "support/random_values.h"

using namespace sightline;
using sightline::testing::error_of;

namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

StoredTensor stored(const std::vector<float>& values, const Shape& shape) {
  return {DType::f32, shape, std::as_bytes(std::span(values))};
}

std::vector<const TileKernels*> int8_kernels() {
  std::vector<const TileKernels*> all;
  for (const TileKernels& kernels : tile_kernels()) {
    if (kernels.element != DType::i8) continue;
    if (!kernels.needed || usable_features().has(*kernels.needed)) all.push_back(&kernels);
  }
  return all;
}

std::vector<float> run(const StoredTensor& weights, const TileKernels& kernels, const std::vector<float>& x,
                       const Epilogue& epilogue, std::vector<float> y, int threads = 1) {
  const auto matrix = make_tiled_matrix(weights, kernels);
  ThreadPool pool(threads);
  Scratch scratch;
  Context context{pool, scratch};
  const std::int64_t rows = std::ssize(x) / matrix->in_features();
  matrix->linear({x.data(), Shape{rows, matrix->in_features()}},
                 {y.data(), Shape{rows, matrix->out_features()}}, epilogue, context);
  return y;
}

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

struct Sizes {
  std::int64_t rows, columns, inner;
};

std::int8_t stored_at(const Int8Panels& panels, std::int64_t n, std::int64_t k) {
  return std::to_integer<std::int8_t>(
      panels.bytes()[static_cast<std::size_t>(panels.layout().position(n, k))]);
}

}  // namespace

TEST_CASE("int8: sums are exact, and scales are applied in one order", "[ops][property]") {
  const TileKernels& kernels = *GENERATE(from_range(int8_kernels()));
  const auto [rows, columns, inner] =
      GENERATE(Sizes{1, 1, 1}, Sizes{3, 33, 17}, Sizes{50, 100, 257}, Sizes{13, 48, 96}, Sizes{20, 144, 7},
               Sizes{9, 16, 770}, Sizes{2, 20, 65536});
  std::vector<float> x = random_values(rows * inner, 1), w = random_values(columns * inner, 2);
  // The largest sums: every product of the first row and column has the largest size.
  std::fill_n(x.begin(), inner, 1.0F);
  std::fill_n(w.begin(), inner, -1.0F);
  const Int8Panels panels = quantize_panels(stored(w, Shape{columns, inner}));
  const std::vector<float> zero(static_cast<std::size_t>(rows * columns));
  const std::vector<float> y = run(panels.stored(Shape{columns, inner}), kernels, x, {}, zero, 2);
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(inner));
  INFO(kernels.name << " " << rows << "x" << columns << "x" << inner);
  for (std::int64_t r = 0; r < rows; ++r) {
    const QuantizedRow row =
        quantize_row(std::span(x).subspan(static_cast<std::size_t>(r * inner), bytes.size()), nullptr, bytes);
    for (std::int64_t n = 0; n < columns; ++n) {
      std::int64_t sum = 0;
      for (std::int64_t k = 0; k < inner; ++k) {
        const std::int64_t value = std::int64_t{bytes[static_cast<std::size_t>(k)]} - row.zero;
        sum += value * stored_at(panels, n, k);
      }
      const float expected =
          static_cast<float>(sum) * panels.scales().columns[static_cast<std::size_t>(n)] * row.scale;
      REQUIRE(y[static_cast<std::size_t>(r * columns + n)] == expected);
    }
  }
}

TEST_CASE("int8: all kernels give the same bits with every epilogue", "[ops][property]") {
  const auto [rows, columns, inner] = GENERATE(Sizes{50, 100, 257}, Sizes{7, 47, 64});
  const Activation activation = GENERATE(Activation::none, Activation::quick_gelu, Activation::gelu);
  const bool add = GENERATE(false, true);
  std::vector<float> x = random_values(rows * inner, 1);
  x[3] = 40;  // an outlier, so that the activations see large and small values
  const std::vector<float> w = random_values(columns * inner, 2), bias = random_values(columns, 3);
  const std::vector<float> start = random_values(rows * columns, 4);
  const Int8Panels panels = quantize_panels(stored(w, Shape{columns, inner}));
  const Epilogue epilogue{.bias = bias.data(), .activation = activation, .add_to_output = add};
  std::vector<float> expected;
  for (const TileKernels* kernels : int8_kernels()) {
    INFO(kernels->name);
    const std::vector<float> y = run(panels.stored(Shape{columns, inner}), *kernels, x, epilogue, start, 2);
    if (expected.empty()) expected = y;
    CHECK(same_bits(y, expected));
    CHECK(same_bits(run(stored(w, Shape{columns, inner}), *kernels, x, epilogue, start), expected));
  }
}

TEST_CASE("int8: a product is within its rounding bound of the exact one", "[ops][property]") {
  const auto [rows, columns, inner] = GENERATE(Sizes{5, 48, 64}, Sizes{20, 100, 768}, Sizes{3, 30, 3072});
  const std::vector<float> x = random_values(rows * inner, 1), w = random_values(columns * inner, 2);
  const Int8Panels panels = quantize_panels(stored(w, Shape{columns, inner}));
  const std::vector<float> zero(static_cast<std::size_t>(rows * columns));
  const std::vector<float> y =
      run(panels.stored(Shape{columns, inner}), *best_tile_kernels(DType::i8), x, {}, zero);
  const auto size_of_row = [size = inner](const std::vector<float>& of, std::int64_t row) {
    const auto begin = of.begin() + row * size;
    const auto [low, high] = std::minmax_element(begin, begin + size);
    return std::pair{double{*low}, double{*high}};
  };
  for (std::int64_t r = 0; r < rows; ++r) {
    const auto [low, high] = size_of_row(x, r);
    const double x_step = (std::max(high, 0.0) - std::min(low, 0.0)) / 255;
    for (std::int64_t n = 0; n < columns; ++n) {
      const auto [least, most] = size_of_row(w, n);
      const double w_step = std::max(-least, most) / 127;
      double sum = 0, bound = 0;
      for (std::int64_t k = 0; k < inner; ++k) {
        const double a = x[static_cast<std::size_t>(r * inner + k)],
                     b = w[static_cast<std::size_t>(n * inner + k)];
        sum += a * b;
        // Each operand is off by at most half a step (a little more for x, whose zero point is rounded too).
        bound += std::abs(a) * w_step / 2 + std::abs(b) * x_step + w_step * x_step / 2;
      }
      REQUIRE(std::abs(double{y[static_cast<std::size_t>(r * columns + n)]} - sum) <= bound * 1.001);
    }
  }
}

TEST_CASE("int8: rows are quantized to nearest even, with an exact zero", "[ops]") {
  std::vector<std::uint8_t> bytes(8, 77);
  const std::vector<float> x = {-2, 0, 0.5F, 1.5F, 2.5F, 253};
  const QuantizedRow row = quantize_row(x, nullptr, bytes);
  CHECK(row.scale == 1);
  CHECK(row.zero == 2);
  CHECK(bytes == std::vector<std::uint8_t>{0, 2, 2, 4, 4, 255, 2, 2});
  const std::vector<float> factors = {1, 1, 2, 2, 2, 0.5F}, doubled = {-2, 0, 0.25F, 0.75F, 1.25F, 506};
  CHECK(quantize_row(doubled, factors.data(), bytes).scale == 1);
  CHECK(bytes == std::vector<std::uint8_t>{0, 2, 2, 4, 4, 255, 2, 2});
  const std::vector<float> zeros(40, 0.0F);
  bytes.assign(40, 77);
  CHECK(quantize_row(zeros, nullptr, bytes).scale == 0);
  CHECK(bytes == std::vector<std::uint8_t>(40, 0));
}

TEST_CASE("int8: every position of a row counts for its range", "[ops]") {
  const std::int64_t count = GENERATE(1, 15, 16, 63, 64, 65, 79, 80, 150);
  const bool with_factors = GENERATE(false, true);
  const std::vector<float> factors(static_cast<std::size_t>(count), 2.0F);
  const float* given = with_factors ? factors.data() : nullptr;
  const float unit = with_factors ? 2.0F : 1.0F;
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(count));
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::vector<float> x(bytes.size(), 1.0F);
    x[at] = 255;
    CHECK(quantize_row(x, given, bytes).scale == unit);
    CHECK(std::vector<float>(bytes.begin(), bytes.end()) == x);
    x[at] = -255;
    CHECK(quantize_row(x, given, bytes).zero == (count > 1 ? 254 : 255));
    for (const float value : {kNan, kInfinity, -kInfinity}) {
      x[at] = value;
      CHECK(std::isnan(quantize_row(x, given, bytes).scale));
    }
  }
}

TEST_CASE("int8: a value that is not finite makes the outputs of its row or column NaN", "[ops]") {
  const TileKernels& kernels = *GENERATE(from_range(int8_kernels()));
  const Activation activation = GENERATE(Activation::none, Activation::quick_gelu, Activation::gelu);
  const float bad = GENERATE(as<float>{}, kNan, kInfinity, -kInfinity, 3e38F);
  const std::int64_t rows = 3, columns = 20, inner = 50;
  std::vector<float> x = random_values(rows * inner, 1), w = random_values(columns * inner, 2);
  const std::vector<float> zero(static_cast<std::size_t>(rows * columns));
  INFO(kernels.name << " " << bad);
  const auto product = [&] {
    return run(stored(w, Shape{columns, inner}), kernels, x, {.activation = activation}, zero);
  };
  const float kept = x[inner + 7];
  x[inner + 7] = bad;
  if (bad == 3e38F) x[inner + 8] = -bad;  // finite values whose range is not
  std::vector<float> y = product();
  for (std::size_t i = 0; i < y.size(); ++i) CHECK(std::isnan(y[i]) == (i / columns == 1));
  if (bad == 3e38F) return;
  x[inner + 7] = kept;
  w[4 * inner + 49] = bad;
  y = product();
  for (std::size_t i = 0; i < y.size(); ++i) CHECK(std::isnan(y[i]) == (i % columns == 4));
}

TEST_CASE("int8: the rows of a tensor of panels are the weights they stand for", "[ops]") {
  const std::int64_t columns = 50, inner = 30;
  const std::vector<float> w = random_values(columns * inner, 1);
  std::vector<float> maxima(inner, 1.0F);
  maxima[5] = 100;
  const StoredTensor weights = stored(w, Shape{columns, inner});
  const Int8Panels panels =
      quantize_panels(weights, smoothing_factors(largest_weights(weights), maxima, 0.5F));
  const StoredTensor tensor = panels.stored(Shape{columns, inner});
  CHECK(tensor.dtype == DType::f32);
  const Tensor rows = to_float(tensor);
  for (std::int64_t n = 0; n < columns; ++n) {
    for (std::int64_t k = 0; k < inner; ++k) {
      const auto column = static_cast<std::size_t>(n), input = static_cast<std::size_t>(k);
      const float step = panels.scales().columns[column] * panels.scales().inputs[input];
      const float value = rows.data()[n * inner + k];
      REQUIRE(std::abs(value - w[static_cast<std::size_t>(n * inner + k)]) <= step * 0.501F);
      float element;
      std::vector<std::byte> scratch(sizeof element);
      std::memcpy(&element, tensor.element(n * inner + k, scratch).data(), sizeof element);
      REQUIRE(element == value);
    }
  }
}

TEST_CASE("int8: a matrix that has been quantized is multiplied as it is", "[ops][error]") {
  const std::int64_t out = 50, in = 6;  // two panels, and inputs that are no multiple of a group
  Tensor rows(Shape{out, in}, DType::i8);
  std::vector<float> scales(out), expected(out);
  for (std::int64_t n = 0; n < out; ++n) {
    scales[static_cast<std::size_t>(n)] = 1.0F / static_cast<float>(n + 1);
    std::int64_t sum = 0;
    for (std::int64_t k = 0; k < in; ++k) {
      const auto value = static_cast<std::int8_t>((n * in + k) * 5 % 256 - 128);  // -128 is among them
      rows.data<std::int8_t>()[n * in + k] = value;
      sum += value;
    }
    // The row of ones is the byte 255 times a scale of 1 / 255.
    expected[static_cast<std::size_t>(n)] =
        static_cast<float>(sum * 255) * scales[static_cast<std::size_t>(n)] * (1.0F / 255);
  }
  const Int8Panels panels = Int8Panels::from_rows(rows.view<std::int8_t>(), scales);
  const Tensor weights = to_float(panels.stored(Shape{out, in}));
  for (std::int64_t n = 0; n < out; ++n) {
    for (std::int64_t k = 0; k < in; ++k) {
      CHECK(stored_at(panels, n, k) == rows.data<std::int8_t>()[n * in + k]);
      CHECK(weights.data()[n * in + k] ==
            static_cast<float>(rows.data<std::int8_t>()[n * in + k]) * scales[static_cast<std::size_t>(n)]);
    }
  }
  for (const TileKernels* kernels : int8_kernels()) {
    INFO(kernels->name);
    const std::vector<float> y =
        run(panels.stored(Shape{out, in}), *kernels, std::vector<float>(in, 1), {}, std::vector<float>(out));
    for (std::size_t n = 0; n < y.size(); ++n)
      CHECK(std::abs(y[n] - expected[n]) <= 1e-6F * std::abs(expected[n]));
  }
  CHECK(error_of([&] {
          Int8Panels::from_rows(rows.view<std::int8_t>(), std::span(scales).first(49));
        }).code == "MISMATCH");
}

TEST_CASE("int8: smoothing keeps the precision of inputs beside an outlier channel", "[ops]") {
  const std::int64_t rows = 30, columns = 60, inner = 96;
  std::vector<float> x = random_values(rows * inner, 1);
  std::vector<float> maxima(inner);
  for (std::int64_t i = 0; i < rows * inner; ++i) {
    float& value = x[static_cast<std::size_t>(i)];
    value *= i % inner == 11 ? 200.0F : 1.0F;
    float& most = maxima[static_cast<std::size_t>(i % inner)];
    most = std::max(most, std::abs(value));
  }
  std::vector<float> w = random_values(columns * inner, 2);
  // Where activations are large, trained weights are small.
  for (std::int64_t n = 0; n < columns; ++n) w[static_cast<std::size_t>(n * inner + 11)] /= 50;
  const StoredTensor weights = stored(w, Shape{columns, inner});
  std::vector<float> exact(static_cast<std::size_t>(rows * columns));
  for (std::int64_t i = 0; i < rows * columns; ++i) {
    double sum = 0;
    for (std::int64_t k = 0; k < inner; ++k)
      sum += double{x[static_cast<std::size_t>(i / columns * inner + k)]} *
             double{w[static_cast<std::size_t>(i % columns * inner + k)]};
    exact[static_cast<std::size_t>(i)] = static_cast<float>(sum);
  }
  const auto error = [&](const Int8Panels& panels) {
    return product_error(panels, {x.data(), Shape{rows, inner}}, {exact.data(), Shape{rows, columns}});
  };
  const double plain = error(quantize_panels(weights));
  const double smooth =
      error(quantize_panels(weights, smoothing_factors(largest_weights(weights), maxima, 0.5F)));
  CHECK(plain > kMaxProductError);
  CHECK(smooth < kMaxProductError);
  CHECK(smooth < plain / 4);
  // The error is that of the rows, whatever their size.
  for (std::int64_t k = 0; k < inner; ++k) x[static_cast<std::size_t>(k)] *= 1024;
  for (std::int64_t n = 0; n < columns; ++n) exact[static_cast<std::size_t>(n)] *= 1024;
  CHECK(error(quantize_panels(weights)) == plain);
  w[7] = kNan;
  CHECK(error(quantize_panels(weights)) == kInfinity);
}

TEST_CASE("int8: refuses scales of another matrix, and too many inputs", "[ops][error]") {
  const std::vector<float> w(64, 1.0F), maxima(7, 1.0F);
  const StoredTensor weights = stored(w, Shape{8, 8});
  CHECK(error_of([&] { quantize_panels(weights, maxima); }).code == "MISMATCH");
  CHECK(error_of([&] { smoothing_factors(largest_weights(weights), maxima, 0.5F); }).code == "MISMATCH");
  CHECK(error_of([&] {
          product_error(quantize_panels(weights), {w.data(), Shape{9, 7}}, {w.data(), Shape{8, 8}});
        }).code == "MISMATCH");
  const Int8Panels panels = quantize_panels(weights);
  PanelScales scales = panels.scales();
  scales.columns = scales.columns.first(7);
  const auto from = [&] { StoredTensor::from_panels(DType::i8, weights.shape, panels.bytes(), scales); };
  CHECK(error_of(from).code == "MISMATCH");
  scales = panels.scales();
  scales.inputs = maxima;
  CHECK(error_of(from).code == "MISMATCH");
  scales = {};
  CHECK(error_of(from).code == "MISMATCH");
  const std::vector<std::byte> floats(16 * 8 * 4);
  CHECK(error_of([&] {
          StoredTensor::from_panels(DType::f32, weights.shape, floats, panels.scales());
        }).code == "MISMATCH");
  const StoredTensor wide =
      StoredTensor::deferred(DType::f32, Shape{1, PanelScales::kMaxInputs + 1}, nullptr);
  CHECK(error_of([&] { make_tiled_matrix(wide, *best_tile_kernels(DType::i8)); }).code == "RANGE");
  CHECK(error_of([&] { Int8Panels(1, PanelScales::kMaxInputs + 1); }).code == "RANGE");
}
