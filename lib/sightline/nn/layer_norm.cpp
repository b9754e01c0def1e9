// SPDX-License-Identifier: Apache-2.0
#include "sightline/nn/layer_norm.h"

#include "sightline/nn/shape_checks.h"
#include "sightline/ops/elementwise.h"

namespace sightline {

LayerNorm::LayerNorm(const WeightScope& scope, std::int64_t width, float epsilon)
    : weight_(scope.require("weight", Shape{width})),
      bias_(scope.require("bias", Shape{width})),
      width_(width),
      epsilon_(epsilon) {}

void LayerNorm::operator()(TensorView<const float> x, TensorView<float> y) const {
  check_rows("layer normalization", "an input", x.shape(), first_size(x.shape()), width_);
  check_rows("layer normalization", "an output", y.shape(), first_size(x.shape()), width_);
  layer_norm(x, weight_.data(), bias_.data(), epsilon_, y);
}

}  // namespace sightline
