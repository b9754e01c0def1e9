// SPDX-License-Identifier: Apache-2.0
#include "sightline/ops/row_kernels.h"

#include <algorithm>
#include <cstring>

#include "sightline/base/half.h"
#include "sightline/ops/lane_sums.h"
#include "sightline/ops/vector_math.h"

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

namespace sightline {
namespace {

// Four rows are read at a time, but memory is prefetched line by line in the order of addresses: with four
// streams, or none, the processor waits for memory as long as it computes. Measured on Zen 4: 8 to 16 KiB.
constexpr std::int64_t kPrefetchDistance = 12 << 10;
constexpr std::int64_t kLineBytes = 64;

using Half = std::uint16_t;
using Float4 = Vector<4>::Float;
using Float8 = Vector<8>::Float;
using Float16 = Vector<16>::Float;

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
[[gnu::always_inline]] inline void multiply_tile(const RowTile& tile) {
  constexpr std::int64_t kLanes = Level::kLanes;
  constexpr std::int64_t kStepBytes = kTileRows * kLanes * static_cast<std::int64_t>(sizeof(Value));
  constexpr std::int64_t kStepLines = std::max<std::int64_t>(1, kStepBytes / kPart / kLineBytes);
  using Float = typename Vector<Level::kLanes>::Float;
  Float sums[kQueries][kTileRows] = {}, squares[kTileRows] = {};
  const auto step = [&](std::int64_t i, const Float(&x)[kTileRows]) __attribute__((always_inline)) {
#pragma GCC unroll 8
    for (int q = 0; q < kQueries; ++q) {
      Float query;
      std::memcpy(&query, tile.queries + q * tile.padded + i, sizeof query);
#pragma GCC unroll 4
      for (int r = 0; r < kTileRows; ++r) sums[q][r] += x[r] * query;
    }
    if constexpr (kSquares) {
#pragma GCC unroll 4
      for (int r = 0; r < kTileRows; ++r) squares[r] += x[r] * x[r];
    }
  };
  const std::byte* next = tile.next;
  std::int64_t i = 0;
  for (; i + kLanes <= tile.width; i += kLanes) {
    Float x[kTileRows];
#pragma GCC unroll 4
    for (int r = 0; r < kTileRows; ++r) {
      load<Level, Value>(tile.rows[r], i, x[r]);
    }
#pragma GCC unroll 4
    for (std::int64_t line = 0; line < kStepLines; ++line) __builtin_prefetch(next + line * kLineBytes);
    next += tile.next_step;
    step(i, x);
  }
  if (i < tile.width) {
    Float x[kTileRows];
    for (int r = 0; r < kTileRows; ++r) {
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
[[gnu::always_inline]] inline void multiply_some(const RowTile& tile, std::int64_t count) {
  if constexpr (kQueries > 1) {
    if (count < kQueries) return multiply_some<Level, Value, kQueries - 1, kSquares, kPart>(tile, count);
  }
  multiply_tile<Level, Value, kQueries, kSquares, kPart>(tile);
}

/// One tile after another multiplies the same rows, which stay in the L1 cache.
template <class Level, class Value>
[[gnu::always_inline]] inline void multiply_group(RowTile tile, std::int64_t count) {
  constexpr std::int64_t kFirst = Level::kFirstQueries, kMore = Level::kQueries;
  constexpr std::int64_t kStepBytes = kTileRows * Level::kLanes * static_cast<std::int64_t>(sizeof(Value));
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
[[gnu::always_inline]] inline void multiply_rows(const RowBlock& block, RowTile tile, std::int64_t count) {
  const std::int64_t row_bytes = block.width * static_cast<std::int64_t>(sizeof(Value));
  for (std::int64_t i = 0; i < block.rows; i += kTileRows) {
    // The last tile repeats the last row.
    for (int r = 0; r < kTileRows; ++r)
      tile.rows[r] = block.data + std::min(i + r, block.rows - 1) * row_bytes;
    tile.next = tile.rows[0] + kPrefetchDistance;
    multiply_group<Level, Value>(tile, count);
    tile.dots += kTileRows;
    tile.squares += kTileRows;
  }
}

template <class Level>
[[gnu::always_inline]] inline void multiply_block(const RowBlock& block, const RowTile& tile,
                                                  std::int64_t count) {
  block.dtype == DType::f16 ? multiply_rows<Level, Half>(block, tile, count)
                            : multiply_rows<Level, float>(block, tile, count);
}

void multiply_portable(const RowBlock& block, const RowTile& tile, std::int64_t count) {
  multiply_block<PortableLevel>(block, tile, count);
}

#if defined(__x86_64__)

[[gnu::target("arch=x86-64-v3")]] void multiply_avx2(const RowBlock& block, const RowTile& tile,
                                                     std::int64_t count) {
  multiply_block<Avx2Level>(block, tile, count);
}

[[gnu::target("arch=x86-64-v4")]] void multiply_avx512(const RowBlock& block, const RowTile& tile,
                                                       std::int64_t count) {
  multiply_block<Avx512Level>(block, tile, count);
}

#endif

}  // namespace

RowKernel choose_row_kernel([[maybe_unused]] CpuFeatures features) {
#if defined(__x86_64__)
  if (features.has(CpuFeature::avx512)) return multiply_avx512;
  if (features.has(CpuFeature::avx2)) return multiply_avx2;
#endif
  return multiply_portable;
}

}  // namespace sightline
