// SPDX-License-Identifier: Apache-2.0
#include "sightline/ops/matmul.h"

#include <algorithm>
#include <cstring>

#include "sightline/base/by_cpu.h"
#include "sightline/ops/row_tile.h"

namespace sightline {
namespace {

constexpr std::int64_t kLanes = 16;
constexpr std::int64_t kDepth = 128;  // bytes of the transposed block: 8 KiB

// c[0..width) (+)= sums[0..16). Whole rows are separate, because their number of vectors is a constant.
template <int kWidth>
[[gnu::always_inline]] inline void add_row(const float* sums, bool add, std::int64_t width, float* c) {
  if (width < kLanes) {
    for (std::int64_t n = 0; n < width; ++n) c[n] = (add ? c[n] : 0.0F) + sums[n];
    return;
  }
  for (std::int64_t n = 0; n < kLanes; n += kWidth) {
    typename Vector<kWidth>::Float previous{}, more;
    if (add) std::memcpy(&previous, c + n, sizeof previous);
    std::memcpy(&more, sums + n, sizeof more);
    previous += more;
    std::memcpy(c + n, &previous, sizeof previous);
  }
}

// c[r][0..width) (+)= a[r] * block for kRows rows.
template <int kWidth, int kRows>
[[gnu::always_inline]] inline void multiply_rows(const float* a, std::int64_t lda, const float* block,
                                                 std::int64_t depth, float* c, std::int64_t ldc,
                                                 std::int64_t width, bool add) {
  using Float = typename Vector<kWidth>::Float;
  alignas(64) float tile[kRows * kLanes];  // keeps the many ways to end out of the loop of the product
  multiply_row_tile<kWidth, kRows>(
      a, lda, block, kLanes, depth, [&](int r, int column, const Float& sums) __attribute__((always_inline)) {
        std::memcpy(tile + r * kLanes + column, &sums, sizeof sums);
      });
#pragma GCC unroll 1  // or g++ keeps the tile in registers, and the sums on the stack instead
  for (std::int64_t r = 0; r < kRows; ++r) add_row<kWidth>(tile + r * kLanes, add, width, c + r * ldc);
}

template <int kWidth>
[[gnu::always_inline]] inline void multiply_block(const float* a, const MatmulShape& s, const float* block,
                                                  std::int64_t depth, float* c, std::int64_t width,
                                                  bool add) {
  const auto rows = [&]<int kRows>(std::int64_t i) __attribute__((always_inline)) {
    multiply_rows<kWidth, kRows>(a + i * s.lda, s.lda, block, depth, c + i * s.ldc, s.ldc, width, add);
  };
  std::int64_t i = 0;
  for (; i + 6 <= s.rows; i += 6) rows.template operator()<6>(i);
  switch (s.rows - i) {
    case 5:
      return rows.template operator()<5>(i);
    case 4:
      return rows.template operator()<4>(i);
    case 3:
      return rows.template operator()<3>(i);
    case 2:
      return rows.template operator()<2>(i);
    case 1:
      return rows.template operator()<1>(i);
    default:
      return;
  }
}

// B is stored by columns of the result, so 16 of its rows are first transposed into a block.
template <int kWidth>
[[gnu::always_inline]] inline void matmul_nt_body(const float* a, const float* b, float* c,
                                                  const MatmulShape& s) {
  alignas(64) float block[kDepth * kLanes];
  for (std::int64_t j = 0; j < s.columns; j += kLanes) {
    const std::int64_t width = std::min(kLanes, s.columns - j);
    for (std::int64_t k0 = 0; k0 < s.inner; k0 += kDepth) {
      const std::int64_t depth = std::min(kDepth, s.inner - k0);
      for (std::int64_t n = 0; n < kLanes; ++n) {
        const float* row = b + (j + std::min(n, width - 1)) * s.ldb + k0;
        for (std::int64_t k = 0; k < depth; ++k) block[k * kLanes + n] = row[k];
      }
      multiply_block<kWidth>(a + k0, s, block, depth, c + j, width, k0 > 0);
    }
  }
}

template <int kWidth>
[[gnu::always_inline]] inline void matmul_nn_body(const float* a, const float* b, float* c,
                                                  const MatmulShape& s) {
  alignas(64) float block[kDepth * kLanes];
  for (std::int64_t j = 0; j < s.columns; j += kLanes) {
    const std::int64_t width = std::min(kLanes, s.columns - j);
    for (std::int64_t k0 = 0; k0 < s.inner; k0 += kDepth) {
      const std::int64_t depth = std::min(kDepth, s.inner - k0);
      for (std::int64_t k = 0; k < depth; ++k) {
        std::memcpy(block + k * kLanes, b + (k0 + k) * s.ldb + j,
                    static_cast<std::size_t>(width) * sizeof(float));
        std::fill(block + k * kLanes + width, block + (k + 1) * kLanes, 0.0F);
      }
      multiply_block<kWidth>(a + k0, s, block, depth, c + j, width, k0 > 0);
    }
  }
}

}  // namespace

void matmul_nt(const float* a, const float* b, float* c, const MatmulShape& s) {
  ByLevel<matmul_nt_body<4>, matmul_nt_body<8>, matmul_nt_body<16>>::call(a, b, c, s);
}

void matmul_nn(const float* a, const float* b, float* c, const MatmulShape& s) {
  ByLevel<matmul_nn_body<4>, matmul_nn_body<8>, matmul_nn_body<16>>::call(a, b, c, s);
}

}  // namespace sightline
