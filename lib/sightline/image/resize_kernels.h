// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sightline/image/resample_axis.h"

namespace sightline {

/// Instruction sets with specialised passes. All give the same bytes.
enum class SimdLevel { portable, avx2, avx512 };

/// Whether this processor supports `level` (avx512 requires F, BW, VL, VBMI and VNNI: Ice Lake, Zen 4 and
/// later).
bool simd_supported(SimdLevel level);
SimdLevel best_simd_level();

/// This many bytes after the last pixel must be readable in rows passed to a pass, and writable in rows that
/// it writes.
inline constexpr std::size_t kRowPadding = 64;

/// The weights of a ResampleAxis in the layout of the kernels. A weight w with 22 fractional bits is split
/// into w = high * 2^15 + low with 0 <= low < 2^15, so that both fit 16-bit multiply-adds (VPMADDWD,
/// VPDPWSSD); two adjacent taps form a 32-bit pair. Partial sums may wrap, but not the final one: Pillow's
/// sums fit in 32 bits.
struct PackedWeights {
  /// Four pairs (8 taps): the high parts, then the low parts. Unused taps are 0.
  struct Group {
    std::int32_t high[4];
    std::int32_t low[4];
  };
  explicit PackedWeights(const ResampleAxis& axis);

  std::vector<Group> groups;
  std::vector<std::size_t> begin;  ///< first group of each output; one more than outputs
};

/// The same weights as signed bytes for sums of four products (VPDPBUSD): a weight is low + 2^8 * middle +
/// 2^16 * high. The taps of an output are extended to whole groups of four source pixels; added taps are 0.
struct ByteWeights {
  /// Four adjacent taps.
  struct Group {
    std::int32_t low;
    std::int32_t middle;
    std::int32_t high;
  };
  ByteWeights() = default;
  explicit ByteWeights(const ResampleAxis& axis);
  /// Whether every weight has three digits. Pillow's filters give none of 2 or more, which would not.
  bool fit() const { return !begin.empty(); }
  /// Number of columns that the pass needs for its transposed source.
  std::size_t column_count(int channels) const {
    return (static_cast<std::size_t>(source_groups) + 4) * static_cast<std::size_t>(channels) + 1;
  }

  std::vector<Group> groups;
  std::vector<std::size_t> begin;   ///< first element of `groups` of each output; one more than outputs
  std::vector<std::int32_t> first;  ///< number of each output's first group of source pixels
  std::int32_t origin = 0;          ///< source pixel at which group 0 starts
  std::int32_t source_groups = 0;   ///< groups of source pixels that are used
};

/// The same weights as 16-bit numbers for sums of two products (VPMADDWD): a weight is low + 2^16 * high. The
/// taps of an output are extended to `count` whole pairs of source pixels; added taps are 0.
struct PairWeights {
  /// Two adjacent taps.
  struct Pair {
    std::int32_t low;
    std::int32_t high;
  };
  struct Output {
    std::int32_t first;           ///< number of the first pair of source pixels
    std::int32_t high_begin = 0;  ///< pairs before this one and
    std::int32_t high_end = 0;    ///< from this one on have no high parts
  };
  PairWeights() = default;
  explicit PairWeights(const ResampleAxis& axis);
  /// Number of columns that the pass needs for its transposed source.
  std::size_t column_count(int channels) const {
    return static_cast<std::size_t>(held_pairs) * static_cast<std::size_t>(channels);
  }
  /// Whether later outputs use later source pixels.
  bool ascending() const { return outputs.empty() || outputs.front().first <= outputs.back().first; }

  std::vector<Pair> pairs;  ///< [outputs, count]
  std::vector<Output> outputs;
  std::int32_t count = 0;
  std::int32_t origin = 0;        ///< source pixel at which pair 0 starts
  std::int32_t source_pairs = 0;  ///< pairs of source pixels that are used
  /// Pairs whose columns are held at once: if ascending, few enough for the L1 cache.
  std::int32_t held_pairs = 0;

 private:
  void find_high_parts();
};

/// Rows that a horizontal pass takes at once, at most.
inline constexpr int kRowBatch = 16;

/// One channel of four adjacent pixels in each row of a batch.
struct alignas(64) ByteColumn {
  std::uint8_t bytes[4 * kRowBatch];
};

/// One channel of two adjacent pixels in each row of a batch.
struct alignas(64) PairColumn {
  std::uint16_t samples[2 * kRowBatch];
};

/// The horizontal pass: output pixel i of each row is computed from the source pixels of its axis.
struct HorizontalPass {
  const ResampleAxis& axis;
  const ByteWeights& bytes;  ///< needed by the kernels for AVX-512 only, like `columns`
  ByteColumn* columns;       ///< scratch memory of ByteWeights::column_count(channels)
  const PairWeights& pairs;  ///< needed by the kernels for AVX2 only, like `pair_columns`
  PairColumn* pair_columns;  ///< scratch memory of PairWeights::column_count(channels)
  int channels;              ///< 3 or 4 interleaved 8-bit samples
};

/// Reads `rows` (at most kRowBatch) rows of source pixels, `in_stride` bytes apart, and writes axis.size()
/// pixels for each.
void run_horizontal(const HorizontalPass& pass, SimdLevel level, const std::uint8_t* in,
                    std::ptrdiff_t in_stride, std::uint8_t* out, std::ptrdiff_t out_stride, int rows);

/// The vertical pass: one output row of `bytes` samples as the weighted sum of `sources.size()` rows.
/// `groups` holds their packed weights.
struct VerticalRow {
  std::span<const std::uint8_t* const> sources;
  std::span<const std::int32_t> weights;
  std::span<const PackedWeights::Group> groups;
};
void run_vertical(const VerticalRow& row, SimdLevel level, std::uint8_t* out, std::size_t bytes);

/// The kernels themselves; run_horizontal and run_vertical choose among them.
void horizontal_portable(const HorizontalPass& pass, const std::uint8_t* in, std::ptrdiff_t in_stride,
                         std::uint8_t* out, std::ptrdiff_t out_stride, int rows);
void vertical_portable(const VerticalRow& row, std::uint8_t* out, std::size_t bytes);
void horizontal_avx2(const HorizontalPass& pass, const std::uint8_t* in, std::ptrdiff_t in_stride,
                     std::uint8_t* out, std::ptrdiff_t out_stride, int rows);
void vertical_avx2(const VerticalRow& row, std::uint8_t* out, std::size_t bytes);
void horizontal_avx512(const HorizontalPass& pass, const std::uint8_t* in, std::ptrdiff_t in_stride,
                       std::uint8_t* out, std::ptrdiff_t out_stride, int rows);
void vertical_avx512(const VerticalRow& row, std::uint8_t* out, std::size_t bytes);

}  // namespace sightline
