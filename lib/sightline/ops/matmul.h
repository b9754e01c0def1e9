// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace sightline {

/// One product of small matrices inside attention, on one thread, C = alpha A B^T or A B, overwriting C.
/// Leading dimensions in floats. Plain loops in a fixed order, so a row's bits depend on that row alone.
struct MatmulShape {
  std::int64_t rows, columns, inner;
  std::int64_t lda, ldb, ldc;
};

/// C [rows, columns] = alpha * A [rows, inner] * B [columns, inner]^T.
void matmul_nt(const float* a, const float* b, float* c, const MatmulShape& shape, float alpha);
/// C [rows, columns] = A [rows, inner] * B [inner, columns].
void matmul_nn(const float* a, const float* b, float* c, const MatmulShape& shape);

}  // namespace sightline
