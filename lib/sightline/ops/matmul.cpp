// SPDX-License-Identifier: Apache-2.0
#include "sightline/ops/matmul.h"

#include <algorithm>
#include <cstring>

#include "sightline/base/by_cpu.h"
#include "sightline/ops/vector_math.h"

namespace sightline {
namespace {

constexpr std::int64_t kLanes = 16;
constexpr std::int64_t kDepth = 128;  // bytes of the transposed block: 8 KiB
using Lanes = Vector<kLanes>::Float;

[[gnu::always_inline]] inline void store(Lanes sum, float* out, std::size_t bytes, bool add) {
  Lanes previous{};
  if (add) std::memcpy(&previous, out, bytes);
  const Lanes result = previous + sum;
  std::memcpy(out, &result, bytes);
}

// c[r][0..16) (+)= alpha * a[r] * block for kRows rows, as one chain of multiply-adds per element.
template <int kRows>
[[gnu::always_inline]] inline void multiply_rows(const float* a, std::int64_t lda, const float* block,
                                                 std::int64_t ldb, std::int64_t depth, float* c,
                                                 std::int64_t ldc, std::int64_t width, float alpha,
                                                 bool add) {
  Lanes sums[kRows];
  for (int r = 0; r < kRows; ++r) sums[r] = Lanes{};
  for (std::int64_t k = 0; k < depth; ++k) {
    Lanes b;
    std::memcpy(&b, block + k * ldb, sizeof b);
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) sums[r] += (a[r * lda + k] - Lanes{}) * b;
  }
  for (int r = 0; r < kRows; ++r) {
    // Two calls, because a copy whose size is known only at run time costs more than the arithmetic.
    if (width == kLanes) {
      store(sums[r] * alpha, c + r * ldc, sizeof(Lanes), add);
    } else {
      store(sums[r] * alpha, c + r * ldc, static_cast<std::size_t>(width) * sizeof(float), add);
    }
  }
}

[[gnu::always_inline]] inline void multiply_block(const float* a, const MatmulShape& s, const float* block,
                                                  std::int64_t ldb, std::int64_t depth, float* c,
                                                  std::int64_t width, float alpha, bool add) {
  const auto rows = [&]<int kRows>(std::int64_t i) __attribute__((always_inline)) {
    multiply_rows<kRows>(a + i * s.lda, s.lda, block, ldb, depth, c + i * s.ldc, s.ldc, width, alpha, add);
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
[[gnu::always_inline]] inline void matmul_nt_body(const float* a, const float* b, float* c,
                                                  const MatmulShape& s, float alpha) {
  alignas(64) float block[kDepth * kLanes];
  for (std::int64_t j = 0; j < s.columns; j += kLanes) {
    const std::int64_t width = std::min(kLanes, s.columns - j);
    for (std::int64_t k0 = 0; k0 < s.inner; k0 += kDepth) {
      const std::int64_t depth = std::min(kDepth, s.inner - k0);
      for (std::int64_t n = 0; n < kLanes; ++n) {
        const float* row = b + (j + std::min(n, width - 1)) * s.ldb + k0;
        for (std::int64_t k = 0; k < depth; ++k) block[k * kLanes + n] = row[k];
      }
      multiply_block(a + k0, s, block, kLanes, depth, c + j, width, alpha, k0 > 0);
    }
  }
}

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
      multiply_block(a + k0, s, block, kLanes, depth, c + j, width, 1.0F, k0 > 0);
    }
  }
}

}  // namespace

void matmul_nt(const float* a, const float* b, float* c, const MatmulShape& s, float alpha) {
  ByCpu<matmul_nt_body>::call(a, b, c, s, alpha);
}

void matmul_nn(const float* a, const float* b, float* c, const MatmulShape& s) {
  ByCpu<matmul_nn_body>::call(a, b, c, s);
}

}  // namespace sightline
