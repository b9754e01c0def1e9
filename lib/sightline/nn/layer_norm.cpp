// SPDX-License-Identifier: Apache-2.0
#include "sightline/nn/layer_norm.h"

#include <algorithm>

#include "sightline/nn/shape_checks.h"
#include "sightline/ops/elementwise.h"

namespace sightline {

LayerNorm::LayerNorm(const WeightScope& scope, std::int64_t width, float epsilon)
    : weight_(scope.require("weight", Shape{width})),
      bias_(scope.require("bias", Shape{width})),
      width_(width),
      epsilon_(epsilon) {}

void LayerNorm::check(const Shape& x, const Shape& y) const {
  check_rows("layer normalization", "an input", x, first_size(x), width_);
  check_rows("layer normalization", "an output", y, first_size(x), width_);
}

void LayerNorm::operator()(TensorView<const float> x, TensorView<float> y) const {
  check(x.shape(), y.shape());
  layer_norm(x, weight_.data(), bias_.data(), epsilon_, y);
}

void LayerNorm::operator()(TensorView<const float> x, TensorView<float> y, Context& context) const {
  check(x.shape(), y.shape());
  constexpr std::int64_t kRows = 16;  // about 10 microseconds of a thread
  const std::int64_t rows = x.rows();
  context.pool.run((rows + kRows - 1) / kRows, [&](std::int64_t block, int) {
    const std::int64_t first = block * kRows, count = std::min(kRows, rows - first);
    layer_norm(x.slice_rows(first, count), weight_.data(), bias_.data(), epsilon_,
               y.slice_rows(first, count));
  });
}

}  // namespace sightline
