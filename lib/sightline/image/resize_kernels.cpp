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

/// Stores a weight as two signed numbers of 16 bits.
void set_tap(PairWeights::Pair& pair, std::size_t tap, std::int32_t weight) {
  const std::int64_t high = (std::int64_t{weight} - static_cast<std::int16_t>(weight & 0xffff)) >> 16;
  pair.low |= static_cast<std::int32_t>((static_cast<std::uint32_t>(weight) & 0xffff) << (16 * tap));
  pair.high |= static_cast<std::int32_t>((static_cast<std::uint32_t>(high) & 0xffff) << (16 * tap));
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
    const std::int32_t taps = weights.empty() ? 0 : offset % 2 + static_cast<std::int32_t>(weights.size());
    // An output without taps stays beside its neighbour, so that the order is kept.
    outputs.push_back({.first = weights.empty() && i > 0 ? outputs.back().first : offset / 2});
    count = std::max(count, (taps + 1) / 2);
    source_pairs = std::max(source_pairs, offset / 2 + (taps + 1) / 2);
  }
  held_pairs = ascending() ? 3 * count + 64 : source_pairs + count + 2;
  pairs.resize(outputs.size() * static_cast<std::size_t>(count));
  for (std::int32_t i = 0; i < axis.size(); ++i) {
    const std::span<const std::int32_t> weights = axis.weight(i);
    const auto phase = static_cast<std::size_t>(
        weights.empty() ? 0 : (axis.first[static_cast<std::size_t>(i)] - origin) % 2);
    for (std::size_t k = 0; k < weights.size(); ++k) {
      set_tap(pairs[static_cast<std::size_t>(i) * static_cast<std::size_t>(count) + (phase + k) / 2],
              (phase + k) % 2, weights[k]);
    }
  }
  find_high_parts();
}

void PairWeights::find_high_parts() {
  // Loops of equal length are predicted by the processor, so most outputs have the same range.
  const auto size = static_cast<std::size_t>(count);
  std::int32_t common_begin = count, common_end = 0;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const std::span<const Pair> row = std::span(pairs).subspan(i * size, size);
    const auto has_high = [](const Pair& pair) { return pair.high != 0; };
    const auto first = std::find_if(row.begin(), row.end(), has_high);
    const auto last = std::find_if(row.rbegin(), row.rend(), has_high);
    outputs[i].high_begin = static_cast<std::int32_t>(first - row.begin());
    outputs[i].high_end =
        std::max(count - static_cast<std::int32_t>(last - row.rbegin()), outputs[i].high_begin);
    if (i >= outputs.size() / 4 && i < outputs.size() - outputs.size() / 4) {  // not at the border
      common_begin = std::min(common_begin, outputs[i].high_begin);
      common_end = std::max(common_end, outputs[i].high_end);
    }
  }
  for (Output& output : outputs) {
    if (common_begin <= output.high_begin && output.high_end <= common_end) {
      output.high_begin = common_begin;
      output.high_end = common_end;
    }
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
