// SPDX-License-Identifier: Apache-2.0
#include "sightline/nn/layer_normalization.h"

#include "sightline/ops/elementwise.h"

namespace sightline {

LayerNormalization::LayerNormalization(const WeightScope& scope, std::int64_t width, float epsilon)
    : Layer("layer_normalization"),
      gamma_(add_weight(scope, "weight", Shape{width})),
      beta_(add_weight(scope, "bias", Shape{width})),
      width_(width),
      epsilon_(epsilon) {}

void LayerNormalization::operator()(TensorView<const float> x, TensorView<float> y) const {
  check_rows(name(), "an input", x.shape(), first_size(x.shape()), width_);
  check_rows(name(), "an output", y.shape(), first_size(x.shape()), width_);
  layer_norm(x, gamma_.data(), beta_.data(), epsilon_, y);
}

void LayerNormalization::weights_changed() {
  const std::vector<const Variable*> own = own_weights();
  gamma_ = VectorWeight(own[0]->tensor());
  beta_ = VectorWeight(own[1]->tensor());
}

}  // namespace sightline
