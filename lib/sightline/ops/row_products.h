// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sightline/tensor/dtype.h"
#include "sightline/tensor/tensor.h"

namespace sightline {

/// Contiguous rows of numbers as an array file stores them, without alignment. Shape: [rows, width].
struct RowBlock {
  const std::byte* data = nullptr;
  DType dtype = DType::f32;  ///< f32 or f16
  std::int64_t rows = 0, width = 0;
};

/// Queries in the layout of the kernels that multiply them with stored rows. The products are sums in float32
/// lanes: they select the rows whose exact scores (`dot_products`) are worth computing.
/// Thread-safety: const = safe to share.
class RowProducts {
 public:
  /// Copies `queries` [n, E].
  explicit RowProducts(TensorView<const float> queries);

  std::int64_t queries() const { return count_; }
  /// dots[j, i] = rows[i] . queries[first + j] for `count` queries, with rows of `dots` `stride` floats
  /// apart, and squares[i] = rows[i] . rows[i]. Writes up to 3 values after the last row, so `stride` and
  /// the size of `squares` are at least rows.rows rounded up to a multiple of 4. Each row is read from memory
  /// once.
  void multiply(const RowBlock& rows, std::int64_t first, std::int64_t count, float* dots,
                std::int64_t stride, float* squares) const;

  /// An upper bound for |dots[j, i] - exact| / (|row| |query|), and for the relative error of squares, of
  /// rows of this width, on every processor. Derived in docs/accuracy.md. Precondition: no sum overflows.
  static float error_bound(std::int64_t width);

 private:
  std::int64_t count_ = 0, padded_ = 0;  ///< the rows of values_ are padded with zeros to whole vectors
  std::vector<float> values_;
};

/// Turns squared norms into what makes cosines of dots: scales[i] is 1 / |row|, or 1 if `unit_rows`, and
/// margins[i] is `bound`, times |row| if `unit_rows`. Returns whether all squares are ordinary, in
/// [2^-60, 2^60]; the others (rows of zeros, tiny, huge or not finite) get a scale of 0 and a margin of NaN.
/// All arrays have `count` values.
bool scale_rows(const float* squares, std::int64_t count, bool unit_rows, float bound, float* scales,
                float* margins);

/// Whether a value of dots[i] * scales[i] + margins[i] is not below `limit`; NaN counts as not below.
/// All arrays have `count` values.
bool any_reaches(const float* dots, const float* scales, const float* margins, std::int64_t count,
                 float limit);

}  // namespace sightline
