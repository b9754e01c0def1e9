// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/position_grid.h"

#include <algorithm>

#include "sightline/image/axis_weights.h"

namespace sightline {
namespace {

AxisWeights axis_weights(std::int64_t source, std::int64_t target) {
  return {Resample::bilinear, static_cast<std::int32_t>(source), static_cast<std::int32_t>(target)};
}

// out = sum of weights[k] * rows[first + k * step]
void combine(const AxisWeights::Output& weights, const float* rows, std::int64_t step, std::span<float> out) {
  std::ranges::fill(out, 0.0F);
  const float* source = rows + weights.first * step;
  for (const double weight : weights.weights) {
    const auto factor = static_cast<float>(weight);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] += factor * source[i];
    source += step;
  }
}

}  // namespace

void resize_positions(TensorView<const float> grid, std::int64_t rows, std::int64_t columns, std::int64_t row,
                      TensorView<float> work, TensorView<float> out) {
  const std::int64_t side = work.rows(), width = out.columns();
  AxisWeights down = axis_weights(side, rows), across = axis_weights(side, columns);
  combine(down.output(static_cast<std::int32_t>(row)), grid.data(), side * width, work.flat());
  for (std::int64_t column = 0; column < columns; ++column)
    combine(across.output(static_cast<std::int32_t>(column)), work.data(), width, out.row(column));
}

}  // namespace sightline
