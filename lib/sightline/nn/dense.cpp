#include "sightline/nn/dense.h"

namespace sightline {

Dense::Dense(const WeightScope& scope, const Options& options, const GemmBackend& backend)
    : Layer("dense"),
      matrix_(backend.pack(add_weight(scope, "weight", Shape{options.units, options.in}))),
      activation_(options.activation) {
  if (options.bias == Bias::yes) bias_.emplace(add_weight(scope, "bias", Shape{options.units}));
}

void Dense::operator()(TensorView<const float> x, TensorView<float> y, Context& context) const {
  matrix_->linear(x, y, {.bias = bias_ ? bias_->data() : nullptr, .activation = activation_}, context);
}

void Dense::add_to(TensorView<float> y, TensorView<const float> x, Context& context) const {
  matrix_->linear(x, y, {.bias = bias_ ? bias_->data() : nullptr, .add_to_output = true}, context);
}

}  // namespace sightline
