// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>

#include "sightline/ops/vector_math.h"

namespace sightline {

/// Products of kRows rows with a block of 16 columns, in registers of kWidth floats: calls
/// store(r, c, sums) with the elements c ... c + kWidth - 1 of row r, each of which is one chain of
/// multiply-adds of a[r * lda + k] and b[k * ldb + c], k = 0 ... depth - 1. Up to six rows need no more than
/// 16 registers: where 16 columns are more than two, the block is multiplied in parts.
template <int kWidth, int kRows, class Store>
[[gnu::always_inline]] inline void multiply_row_tile(const float* a, std::int64_t lda, const float* b,
                                                     std::int64_t ldb, std::int64_t depth,
                                                     const Store& store) {
  using Float = typename Vector<kWidth>::Float;
  constexpr int kColumns = 16, kVectors = kWidth == kColumns ? 1 : 2;
#pragma GCC unroll 2
  for (int first = 0; first < kColumns; first += kVectors * kWidth) {
    Float sums[kRows][kVectors] = {};
    for (std::int64_t k = 0; k < depth; ++k) {
      Float row[kVectors];
#pragma GCC unroll 2
      for (int v = 0; v < kVectors; ++v)
        std::memcpy(&row[v], b + k * ldb + first + v * kWidth, sizeof row[v]);
#pragma GCC unroll 8
      for (int r = 0; r < kRows; ++r) {
        const Float value = a[r * lda + k] - Float{};
#pragma GCC unroll 2
        for (int v = 0; v < kVectors; ++v) sums[r][v] += value * row[v];
      }
    }
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 2
      for (int v = 0; v < kVectors; ++v) store(r, first + v * kWidth, sums[r][v]);
    }
  }
}

}  // namespace sightline
