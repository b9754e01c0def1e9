// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>

#include "sightline/ops/vector_math.h"

namespace sightline {

/// Products of kRows rows with kBlocks blocks of 16 columns, `block_stride` floats apart, in registers of
/// kWidth floats: calls store(r, c, sums) with the elements c ... c + kWidth - 1 of row r, where c counts the
/// columns of all blocks, each of which is one chain of multiply-adds of a[r * lda + k] and b[k * ldb + c],
/// k = 0 ... depth - 1. Up to six rows need no more than 16 registers: where 16 columns are more than two,
/// the block is multiplied in parts. Two blocks are for registers of 16 floats alone, of which one block
/// leaves most unused: its six chains are too few to hide the latency of a multiply-add.
template <int kWidth, int kRows, int kBlocks = 1, class Store>
[[gnu::always_inline]] inline void multiply_row_tile(const float* a, std::int64_t lda, const float* b,
                                                     std::int64_t ldb, std::int64_t depth, const Store& store,
                                                     std::int64_t block_stride = 0) {
  using Float = typename Vector<kWidth>::Float;
  constexpr int kColumns = 16, kVectors = kWidth == kColumns ? kBlocks : 2;
  static_assert(kBlocks == 1 || kWidth == kColumns);
  const std::int64_t step = kWidth == kColumns ? block_stride : kWidth;
#pragma GCC unroll 2
  for (int first = 0; first < kColumns; first += kWidth == kColumns ? kColumns : kVectors * kWidth) {
    Float sums[kRows][kVectors] = {};
    for (std::int64_t k = 0; k < depth; ++k) {
      Float row[kVectors];
#pragma GCC unroll 2
      for (int v = 0; v < kVectors; ++v) std::memcpy(&row[v], b + k * ldb + first + v * step, sizeof row[v]);
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
