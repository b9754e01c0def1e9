// SPDX-License-Identifier: Apache-2.0
#include "sightline/ops/row_products.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "sightline/base/by_cpu.h"
#include "sightline/base/half.h"
#include "sightline/ops/vector_math.h"

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

namespace sightline {
namespace {

constexpr int kRows = 4;                    // rows of a tile
constexpr std::int64_t kWidestVector = 16;  // lanes; queries are padded to whole vectors of this width
constexpr std::int64_t kNarrowestVector = 4;

// Four rows are read at a time, but memory is prefetched line by line in the order of addresses: with four
// streams, or none, the processor waits for memory as long as it computes. Measured on Zen 4: 8 to 16 KiB.
constexpr std::int64_t kPrefetchDistance = 12 << 10;
constexpr std::int64_t kLineBytes = 64;

struct Tile {
  const std::byte* rows[kRows];
  std::int64_t width;     ///< numbers per row
  const std::byte* next;  ///< memory to prefetch; advances by `next_step` bytes for each vector
  std::int64_t next_step;
  const float* queries;  ///< first query of the tile
  std::int64_t padded;   ///< floats from one query to the next
  float* dots;           ///< of the first row and query
  std::int64_t stride;   ///< floats from the dots of one query to those of the next
  float* squares;        ///< of the first row
};

using Half = std::uint16_t;

// ---- Adds the lanes of four vectors. Each step halves two vectors and joins the halves.

using Float4 = Vector<4>::Float;
using Float8 = Vector<8>::Float;
using Float16 = Vector<16>::Float;

[[gnu::always_inline]] inline void store_sums(const Float4 (&v)[kRows], float* out) {
  const Float4 ab =
      __builtin_shufflevector(v[0], v[1], 0, 1, 4, 5) + __builtin_shufflevector(v[0], v[1], 2, 3, 6, 7);
  const Float4 cd =
      __builtin_shufflevector(v[2], v[3], 0, 1, 4, 5) + __builtin_shufflevector(v[2], v[3], 2, 3, 6, 7);
  const Float4 sums =
      __builtin_shufflevector(ab, cd, 0, 2, 4, 6) + __builtin_shufflevector(ab, cd, 1, 3, 5, 7);
  std::memcpy(out, &sums, sizeof sums);
}

[[gnu::always_inline]] inline void store_sums(const Float8 (&v)[kRows], float* out) {
  Float4 halves[kRows];
  for (int i = 0; i < kRows; ++i) {
    halves[i] =
        __builtin_shufflevector(v[i], v[i], 0, 1, 2, 3) + __builtin_shufflevector(v[i], v[i], 4, 5, 6, 7);
  }
  store_sums(halves, out);
}

[[gnu::always_inline]] inline void store_sums(const Float16 (&v)[kRows], float* out) {
  const auto joined = [](Float16 a, Float16 b) __attribute__((always_inline)) {
    return __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23) +
           __builtin_shufflevector(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
  };
  const Float16 ab = joined(v[0], v[1]), cd = joined(v[2], v[3]);
  Float16 sums = __builtin_shufflevector(ab, cd, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27) +
                 __builtin_shufflevector(ab, cd, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
  sums += __builtin_shufflevector(sums, sums, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
  sums += __builtin_shufflevector(sums, sums, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14);
  const Float4 picked = __builtin_shufflevector(sums, sums, 0, 4, 8, 12);
  std::memcpy(out, &picked, sizeof picked);
}

// ---- Levels of instruction sets: the width of a vector, the sizes of tiles, and the conversion of float16.
// The first tile of some rows also sums their squares, so it has room for fewer queries.

struct PortableLevel {
  static constexpr int kLanes = 4, kFirstQueries = 1, kQueries = 2;
  static void load(const Half* halves, Float4& out) {
#if defined(__aarch64__)
    out = __builtin_bit_cast(Float4, vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(halves))));
#else
    for (int i = 0; i < kLanes; ++i) {
      Half half;
      std::memcpy(&half, halves + i, sizeof half);
      out[i] = half_to_float(half);
    }
#endif
  }
};

#if defined(__x86_64__)

struct Avx2Level {
  static constexpr int kLanes = 8, kFirstQueries = 1, kQueries = 2;
  [[gnu::target("arch=x86-64-v3")]] static void load(const Half* halves, Float8& out) {
    out = __builtin_bit_cast(Float8,
                             _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(halves))));
  }
};

struct Avx512Level {
  static constexpr int kLanes = 16, kFirstQueries = 5, kQueries = 5;
  [[gnu::target("arch=x86-64-v4")]] static void load(const Half* halves, Float16& out) {
    // All lanes by a mask: g++ 12 warns about the undefined vector that the plain form contains.
    out = __builtin_bit_cast(
        Float16, _mm512_maskz_cvtph_ps(0xFFFF, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(halves))));
  }
};

#endif

template <class Level, class Value>
[[gnu::always_inline]] inline void load(const std::byte* row, std::int64_t index,
                                        typename Vector<Level::kLanes>::Float& out) {
  const std::byte* from = row + index * static_cast<std::int64_t>(sizeof(Value));
  if constexpr (sizeof(Value) == sizeof(float)) {
    std::memcpy(&out, from, sizeof out);
  } else {
    Level::load(reinterpret_cast<const Half*>(from), out);
  }
}

/// `kPart`: the tiles of the same rows share the prefetches; 1 for a single tile.
template <class Level, class Value, int kQueries, bool kSquares, int kPart>
[[gnu::always_inline]] inline void multiply_tile(const Tile& tile) {
  constexpr std::int64_t kLanes = Level::kLanes;
  constexpr std::int64_t kStepBytes = kRows * kLanes * static_cast<std::int64_t>(sizeof(Value));
  constexpr std::int64_t kStepLines = std::max<std::int64_t>(1, kStepBytes / kPart / kLineBytes);
  using Float = typename Vector<Level::kLanes>::Float;
  Float sums[kQueries][kRows] = {}, squares[kRows] = {};
  const auto step = [&](std::int64_t i, const Float(&x)[kRows]) __attribute__((always_inline)) {
#pragma GCC unroll 8
    for (int q = 0; q < kQueries; ++q) {
      Float query;
      std::memcpy(&query, tile.queries + q * tile.padded + i, sizeof query);
#pragma GCC unroll 4
      for (int r = 0; r < kRows; ++r) sums[q][r] += x[r] * query;
    }
    if constexpr (kSquares) {
#pragma GCC unroll 4
      for (int r = 0; r < kRows; ++r) squares[r] += x[r] * x[r];
    }
  };
  const std::byte* next = tile.next;
  std::int64_t i = 0;
  for (; i + kLanes <= tile.width; i += kLanes) {
    Float x[kRows];
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r) {
      load<Level, Value>(tile.rows[r], i, x[r]);
    }
#pragma GCC unroll 4
    for (std::int64_t line = 0; line < kStepLines; ++line) __builtin_prefetch(next + line * kLineBytes);
    next += tile.next_step;
    step(i, x);
  }
  if (i < tile.width) {
    Float x[kRows];
    for (int r = 0; r < kRows; ++r) {
      Value padded[kLanes] = {};
      std::memcpy(padded, tile.rows[r] + i * static_cast<std::int64_t>(sizeof(Value)),
                  static_cast<std::size_t>(tile.width - i) * sizeof(Value));
      load<Level, Value>(reinterpret_cast<const std::byte*>(padded), 0, x[r]);
    }
    step(i, x);
  }
#pragma GCC unroll 8
  for (int q = 0; q < kQueries; ++q) store_sums(sums[q], tile.dots + q * tile.stride);
  if constexpr (kSquares) store_sums(squares, tile.squares);
}

/// Multiplies the rows of a tile with `count` queries, at most `kQueries`.
template <class Level, class Value, int kQueries, bool kSquares, int kPart>
[[gnu::always_inline]] inline void multiply_some(const Tile& tile, std::int64_t count) {
  if constexpr (kQueries > 1) {
    if (count < kQueries) return multiply_some<Level, Value, kQueries - 1, kSquares, kPart>(tile, count);
  }
  multiply_tile<Level, Value, kQueries, kSquares, kPart>(tile);
}

/// One tile after another multiplies the same rows, which stay in the L1 cache.
template <class Level, class Value>
[[gnu::always_inline]] inline void multiply_group(Tile tile, std::int64_t count) {
  constexpr std::int64_t kFirst = Level::kFirstQueries, kMore = Level::kQueries;
  constexpr std::int64_t kStepBytes = kRows * Level::kLanes * static_cast<std::int64_t>(sizeof(Value));
  if (count <= kFirst) {
    tile.next_step = kStepBytes;
    return multiply_some<Level, Value, kFirst, true, 1>(tile, count);
  }
  const std::int64_t tiles = 1 + (count - kFirst + kMore - 1) / kMore;
  tile.next_step = kStepBytes / tiles;
  const std::int64_t part_bytes = tile.width / Level::kLanes * tile.next_step;
  multiply_tile<Level, Value, kFirst, true, 2>(tile);
  tile.queries += kFirst * tile.padded;
  tile.dots += kFirst * tile.stride;
  for (std::int64_t rest = count - kFirst; rest > 0; rest -= kMore) {
    tile.next += part_bytes;
    multiply_some<Level, Value, kMore, false, 2>(tile, rest);
    tile.queries += kMore * tile.padded;
    tile.dots += kMore * tile.stride;
  }
}

template <class Level, class Value>
[[gnu::always_inline]] inline void multiply_rows(const RowBlock& block, Tile tile, std::int64_t count) {
  const std::int64_t row_bytes = block.width * static_cast<std::int64_t>(sizeof(Value));
  for (std::int64_t i = 0; i < block.rows; i += kRows) {
    // The last tile repeats the last row.
    for (int r = 0; r < kRows; ++r) tile.rows[r] = block.data + std::min(i + r, block.rows - 1) * row_bytes;
    tile.next = tile.rows[0] + kPrefetchDistance;
    multiply_group<Level, Value>(tile, count);
    tile.dots += kRows;
    tile.squares += kRows;
  }
}

template <class Level>
[[gnu::always_inline]] inline void multiply_block(const RowBlock& block, const Tile& tile,
                                                  std::int64_t count) {
  block.dtype == DType::f16 ? multiply_rows<Level, Half>(block, tile, count)
                            : multiply_rows<Level, float>(block, tile, count);
}

void multiply_portable(const RowBlock& block, const Tile& tile, std::int64_t count) {
  multiply_block<PortableLevel>(block, tile, count);
}

#if defined(__x86_64__)

[[gnu::target("arch=x86-64-v3")]] void multiply_avx2(const RowBlock& block, const Tile& tile,
                                                     std::int64_t count) {
  multiply_block<Avx2Level>(block, tile, count);
}

[[gnu::target("arch=x86-64-v4")]] void multiply_avx512(const RowBlock& block, const Tile& tile,
                                                       std::int64_t count) {
  multiply_block<Avx512Level>(block, tile, count);
}

#endif

using Kernel = void (*)(const RowBlock&, const Tile&, std::int64_t);

Kernel choose_kernel([[maybe_unused]] CpuFeatures features) {
#if defined(__x86_64__)
  if (features.has(CpuFeature::avx512)) return multiply_avx512;
  if (features.has(CpuFeature::avx2)) return multiply_avx2;
#endif
  return multiply_portable;
}

[[gnu::always_inline]] inline bool scale_rows_body(const float* squares, std::int64_t count, bool unit_rows,
                                                   float bound, float* scales, float* margins) {
  std::int32_t all_ordinary = -1;  // no branch, so that the loop is vectorised
  for (std::int64_t i = 0; i < count; ++i) {
    const float square = squares[i];
    const bool ordinary = (square >= 0x1p-60F) & (square <= 0x1p60F);
    const float norm = std::sqrt(ordinary ? square : 1.0F);
    const float scale = unit_rows ? 1.0F : 1.0F / norm, margin = unit_rows ? bound * norm : bound;
    scales[i] = ordinary ? scale : 0.0F;
    margins[i] = ordinary ? margin : std::numeric_limits<float>::quiet_NaN();
    all_ordinary &= -static_cast<std::int32_t>(ordinary);
  }
  return all_ordinary != 0;
}

[[gnu::always_inline]] inline bool any_reaches_body(const float* dots, const float* scales,
                                                    const float* margins, std::int64_t count, float limit) {
  std::int32_t below = -1;  // no branch, so that the loop is vectorised
  for (std::int64_t i = 0; i < count; ++i) {
    below &= -static_cast<std::int32_t>(dots[i] * scales[i] + margins[i] < limit);
  }
  return below == 0;
}

}  // namespace

RowProducts::RowProducts(TensorView<const float> queries)
    : count_(queries.rows()),
      padded_((queries.columns() + kWidestVector - 1) / kWidestVector * kWidestVector),
      values_(static_cast<std::size_t>(count_ * padded_)) {
  for (std::int64_t i = 0; i < count_; ++i)
    std::ranges::copy(queries.row(i), values_.begin() + static_cast<std::ptrdiff_t>(i * padded_));
}

void RowProducts::multiply(const RowBlock& rows, std::int64_t first, std::int64_t count, float* dots,
                           std::int64_t stride, float* squares) const {
  if (rows.rows == 0 || count == 0) return;
  static const Kernel kernel = choose_kernel(usable_features());
  const Tile tile{{},      rows.width, nullptr, 0,      values_.data() + first * padded_,
                  padded_, dots,       stride,  squares};
  kernel(rows, tile, count);
}

float RowProducts::error_bound(std::int64_t width) {
  // A lane is a chain of `steps` multiply-adds with at most two roundings each; then four sums of lanes.
  const auto steps = static_cast<float>((width + kNarrowestVector - 1) / kNarrowestVector);
  return (steps + 8) * 0x1.1p-24F;
}

bool scale_rows(const float* squares, std::int64_t count, bool unit_rows, float bound, float* scales,
                float* margins) {
  return ByCpu<scale_rows_body>::call(squares, count, unit_rows, bound, scales, margins);
}

bool any_reaches(const float* dots, const float* scales, const float* margins, std::int64_t count,
                 float limit) {
  return ByCpu<any_reaches_body>::call(dots, scales, margins, count, limit);
}

}  // namespace sightline
