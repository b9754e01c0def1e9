// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/resize_kernels.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "sightline/base/cpu.h"

namespace sightline {

namespace {

constexpr std::uint32_t kHalf = 1U << 21;

/// Pillow's clip8. Sums are unsigned, because partial sums may wrap.
std::uint8_t clip8(std::uint32_t sum) {
  const auto value = static_cast<std::int32_t>(sum) >> 22;
  return static_cast<std::uint8_t>(std::clamp(value, 0, 255));
}

std::int32_t pair_of(std::int32_t even, std::int32_t odd) {
  return static_cast<std::int32_t>((static_cast<std::uint32_t>(even) & 0xffff) |
                                   static_cast<std::uint32_t>(odd) << 16);
}

/// What is left of a weight without its low 16 bits, which count as signed: weight = low + 2^16 * upper.
std::int32_t upper_part(std::int32_t weight) {
  return static_cast<std::int32_t>((std::int64_t{weight} - static_cast<std::int16_t>(weight & 0xffff)) >> 16);
}

/// Stores a weight as three signed digits.
void set_tap(ByteWeights::Group& group, std::size_t tap, std::int32_t weight) {
  const auto put = [&](std::int32_t& digits) {
    const auto digit = static_cast<std::int8_t>(weight & 0xff);
    digits |= static_cast<std::int32_t>(static_cast<std::uint32_t>(weight & 0xff) << (8 * tap));
    weight = (weight - digit) / 256;
  };
  put(group.low);
  put(group.middle);
  put(group.high);
}

template <int channels>
void horizontal_row(const ResampleAxis& axis, const std::uint8_t* in, std::uint8_t* out) {
  for (std::int32_t i = 0; i < axis.size(); ++i, out += channels) {
    const std::uint8_t* pixel =
        in + static_cast<std::ptrdiff_t>(axis.first[static_cast<std::size_t>(i)]) * channels;
    std::array<std::uint32_t, channels> sum;
    sum.fill(kHalf);
    for (const std::int32_t weight : axis.weight(i)) {
      for (int c = 0; c < channels; ++c) {
        sum[static_cast<std::size_t>(c)] += static_cast<std::uint32_t>(weight) * pixel[c];
      }
      pixel += channels;
    }
    for (int c = 0; c < channels; ++c) {
      out[c] = clip8(sum[static_cast<std::size_t>(c)]);
    }
  }
}

}  // namespace

PackedWeights::PackedWeights(const ResampleAxis& axis) {
  begin.push_back(0);
  for (std::int32_t i = 0; i < axis.size(); ++i) {
    const std::span<const std::int32_t> weights = axis.weight(i);
    for (std::size_t k = 0; k < weights.size(); k += 8) {
      Group group{};
      for (std::size_t p = 0; p < 4; ++p) {
        const auto tap = [&](std::size_t t) { return t < weights.size() ? weights[t] : 0; };
        const std::int32_t even = tap(k + 2 * p);
        const std::int32_t odd = tap(k + 2 * p + 1);
        group.high[p] = pair_of(even >> 15, odd >> 15);
        group.low[p] = pair_of(even & 0x7fff, odd & 0x7fff);
      }
      groups.push_back(group);
    }
    begin.push_back(groups.size());
  }
}

ByteWeights::ByteWeights(const ResampleAxis& axis) {
  constexpr std::int32_t kMaxWeight = 127 << 16;
  const auto fits = [](std::int32_t weight) { return std::abs(weight) < kMaxWeight; };
  if (!std::all_of(axis.weights.begin(), axis.weights.end(), fits)) {
    return;
  }
  origin = axis.begin();
  begin.push_back(0);
  for (std::int32_t i = 0; i < axis.size(); ++i) {
    const std::span<const std::int32_t> weights = axis.weight(i);
    const std::int32_t offset = weights.empty() ? 0 : axis.first[static_cast<std::size_t>(i)] - origin;
    const auto phase = static_cast<std::size_t>(offset % 4);
    const std::size_t count = weights.empty() ? 0 : (phase + weights.size() + 3) / 4;
    first.push_back(offset / 4);
    groups.resize(groups.size() + count);
    for (std::size_t k = 0; k < weights.size(); ++k) {
      set_tap(groups[begin.back() + (phase + k) / 4], (phase + k) % 4, weights[k]);
    }
    begin.push_back(groups.size());
    source_groups = std::max(source_groups, first.back() + static_cast<std::int32_t>(count));
  }
}

PairWeights::PairWeights(const ResampleAxis& axis) : origin(axis.begin()) {
  for (std::int32_t i = 0; i < axis.size(); ++i) {
    const std::span<const std::int32_t> weights = axis.weight(i);
    const std::int32_t offset = weights.empty() ? 0 : axis.first[static_cast<std::size_t>(i)] - origin;
    const auto phase = static_cast<std::size_t>(offset % 2);
    const std::size_t count = weights.empty() ? 0 : (phase + weights.size() + 1) / 2;
    Output output = {offset / 2, static_cast<std::int32_t>(count), 0, 0, pairs.size()};
    const auto tap = [&](std::size_t at) {
      return at < phase || at - phase >= weights.size() ? 0 : weights[at - phase];
    };
    for (std::size_t k = 0; k < count; ++k) {
      const std::int32_t even = tap(2 * k);
      const std::int32_t odd = tap(2 * k + 1);
      const Pair pair = {pair_of(even, odd), pair_of(upper_part(even), upper_part(odd))};
      if (pair.high != 0) {
        output.high_begin = output.high_end == 0 ? static_cast<std::int32_t>(k) : output.high_begin;
        output.high_end = static_cast<std::int32_t>(k) + 1;
      }
      pairs.push_back(pair);
    }
    outputs.push_back(output);
    source_pairs = std::max(source_pairs, output.first + output.count);
  }
}

bool simd_supported(SimdLevel level) {
  [[maybe_unused]] const CpuFeatures features = usable_features();
  switch (level) {
    case SimdLevel::portable:
      return true;
#if defined(__x86_64__)
    case SimdLevel::avx2:
      return features.has(CpuFeature::avx2);
    case SimdLevel::avx512:
      return features.has(CpuFeature::avx512) && features.has(CpuFeature::avx512_vbmi) &&
             features.has(CpuFeature::avx512_vnni);
#endif
    default:
      return false;
  }
}

SimdLevel best_simd_level() {
  static const SimdLevel best = simd_supported(SimdLevel::avx512) ? SimdLevel::avx512
                                : simd_supported(SimdLevel::avx2) ? SimdLevel::avx2
                                                                  : SimdLevel::portable;
  return best;
}

void horizontal_portable(const HorizontalPass& pass, const std::uint8_t* in, std::ptrdiff_t in_stride,
                         std::uint8_t* out, std::ptrdiff_t out_stride, int rows) {
  for (int y = 0; y < rows; ++y, in += in_stride, out += out_stride) {
    if (pass.channels == 3) {
      horizontal_row<3>(pass.axis, in, out);
    } else {
      horizontal_row<4>(pass.axis, in, out);
    }
  }
}

void vertical_portable(const VerticalRow& row, std::uint8_t* out, std::size_t bytes) {
  constexpr std::size_t kBlock = 64;  // the sums of one block stay in registers or in the L1 cache
  for (std::size_t x = 0; x < bytes; x += kBlock) {
    const std::size_t n = std::min(kBlock, bytes - x);
    std::array<std::uint32_t, kBlock> sum;
    sum.fill(kHalf);
    for (std::size_t k = 0; k < row.sources.size(); ++k) {
      const std::uint8_t* source = row.sources[k] + x;
      const auto weight = static_cast<std::uint32_t>(row.weights[k]);
      for (std::size_t i = 0; i < n; ++i) {
        sum[i] += weight * source[i];
      }
    }
    std::transform(sum.begin(), sum.begin() + static_cast<std::ptrdiff_t>(n), out + x, clip8);
  }
}

void run_horizontal(const HorizontalPass& pass, SimdLevel level, const std::uint8_t* in,
                    std::ptrdiff_t in_stride, std::uint8_t* out, std::ptrdiff_t out_stride, int rows) {
#if defined(__x86_64__)
  if (level == SimdLevel::avx512 && pass.bytes.fit()) {
    return horizontal_avx512(pass, in, in_stride, out, out_stride, rows);
  }
  if (level != SimdLevel::portable) {
    return horizontal_avx2(pass, in, in_stride, out, out_stride, rows);
  }
#endif
  static_cast<void>(level);
  horizontal_portable(pass, in, in_stride, out, out_stride, rows);
}

void run_vertical(const VerticalRow& row, SimdLevel level, std::uint8_t* out, std::size_t bytes) {
#if defined(__x86_64__)
  if (level == SimdLevel::avx512) {
    return vertical_avx512(row, out, bytes);
  }
  if (level == SimdLevel::avx2) {
    return vertical_avx2(row, out, bytes);
  }
#endif
  static_cast<void>(level);
  vertical_portable(row, out, bytes);
}

}  // namespace sightline
