// SPDX-License-Identifier: Apache-2.0
#include "sightline/ops/row_products.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sightline/base/by_cpu.h"
#include "sightline/ops/row_kernels.h"

namespace sightline {
namespace {

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
      padded_((queries.columns() + kWidestRowVector - 1) / kWidestRowVector * kWidestRowVector),
      values_(static_cast<std::size_t>(count_ * padded_)) {
  for (std::int64_t i = 0; i < count_; ++i)
    std::ranges::copy(queries.row(i), values_.begin() + static_cast<std::ptrdiff_t>(i * padded_));
}

void RowProducts::multiply(const RowBlock& rows, std::int64_t first, std::int64_t count, float* dots,
                           std::int64_t stride, float* squares) const {
  if (rows.rows == 0 || count == 0) return;
  static const RowKernel kernel = choose_row_kernel(usable_features());
  const RowTile tile{{},      rows.width, nullptr, 0,      values_.data() + first * padded_,
                     padded_, dots,       stride,  squares};
  kernel(rows, tile, count);
}

float RowProducts::error_bound(std::int64_t width) {
  // A lane is a chain of `steps` multiply-adds with at most two roundings each; then four sums of lanes.
  const std::int64_t whole_steps = (width + kNarrowestRowVector - 1) / kNarrowestRowVector;
  const auto steps = static_cast<float>(whole_steps);
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
