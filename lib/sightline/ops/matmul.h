// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace sightline {

/// Products of small matrices on one thread: C = A B^T or A B, overwriting C. Leading
/// dimensions are in floats. The loops have a fixed order, so the bits of a row depend on that row alone.
struct MatmulShape {
  std::int64_t rows, columns, inner;
  std::int64_t lda, ldb, ldc;
};

/// C [rows, columns] = A [rows, inner] * B [columns, inner]^T.
void matmul_nt(const float* a, const float* b, float* c, const MatmulShape& shape);
/// C [rows, columns] = A [rows, inner] * B [inner, columns].
void matmul_nn(const float* a, const float* b, float* c, const MatmulShape& shape);

}  // namespace sightline
