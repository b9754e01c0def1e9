// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/resize_kernels.h"

#include <algorithm>
#include <array>

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

WindowWeights::WindowWeights(const ResampleAxis& axis, int channels) {
  constexpr std::int32_t kBytes = 64;
  const std::int32_t outputs = axis.size();
  for (std::int32_t i = 0; i < outputs; i += 4) {
    std::int32_t least = axis.first[static_cast<std::size_t>(i)];
    std::int32_t end = least;
    for (std::int32_t k = i; k < std::min(i + 4, outputs); ++k) {
      least = std::min(least, axis.first[static_cast<std::size_t>(k)]);
      end = std::max(end, axis.first[static_cast<std::size_t>(k)] + axis.count[static_cast<std::size_t>(k)]);
    }
    if ((end - least) * channels > kBytes) {
      return;
    }
    base.push_back(least);
  }
  pairs = static_cast<std::size_t>(axis.taps + 1) / 2;
  index.resize(base.size());
  lanes.resize(base.size() * pairs);
  for (std::int32_t i = 0; i < outputs; ++i) {
    const auto group = static_cast<std::size_t>(i / 4);
    const auto lane = static_cast<std::size_t>(i % 4);
    const std::int32_t offset = axis.first[static_cast<std::size_t>(i)] - base[group];
    const std::span<const std::int32_t> weights = axis.weight(i);
    const auto tap = [&](std::size_t t) { return t < weights.size() ? weights[t] : 0; };
    for (std::size_t c = 0; c < 4; ++c) {
      for (std::size_t odd = 0; odd < 2; ++odd) {
        const std::int32_t byte =
            (offset + static_cast<std::int32_t>(odd)) * channels + static_cast<std::int32_t>(c);
        index[group].bytes[16 * lane + 4 * c + 2 * odd] = static_cast<std::uint8_t>(byte % kBytes);
      }
      for (std::size_t p = 0; p < pairs; ++p) {
        Lanes& to = lanes[group * pairs + p];
        to.high[4 * lane + c] = pair_of(tap(2 * p) >> 15, tap(2 * p + 1) >> 15);
        to.low[4 * lane + c] = pair_of(tap(2 * p) & 0x7fff, tap(2 * p + 1) & 0x7fff);
      }
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
  if (level == SimdLevel::avx512) {
    return horizontal_avx512(pass, in, in_stride, out, out_stride, rows);
  }
  if (level == SimdLevel::avx2) {
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
