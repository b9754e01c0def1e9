// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace sightline {

/// Operands of a product of row-major matrices; `ld*` is the distance in floats from one row to the next.
struct BlasProduct {
  std::int64_t rows, columns, inner;
  const float* a;  ///< [rows, inner]
  std::int64_t lda;
  const float* b;  ///< [columns, inner]
  std::int64_t ldb;
  float* c;  ///< [rows, columns]
  std::int64_t ldc;
};

/// The OpenBLAS shared library, loaded on first use: loading it takes longer than this program needs to
/// start, and its own threads would compete with the first products. const = safe to share.
class OpenBlas {
 public:
  /// Null if the library cannot be loaded.
  static const OpenBlas* load();

  /// c = a b^T on the calling thread.
  void multiply_transposed(const BlasProduct& product) const;
  /// The kernels that OpenBLAS selected: "SkylakeX", "Haswell", ...
  const std::string& core() const { return core_; }

 private:
  explicit OpenBlas(void* library);
  void* sgemm_;
  std::string core_;
};

}  // namespace sightline
