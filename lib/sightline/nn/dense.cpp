// SPDX-License-Identifier: Apache-2.0
#include "sightline/nn/dense.h"

namespace sightline {

Dense::Dense(const WeightScope& scope, const Options& options, const GemmBackend& backend)
    : Layer("dense"),
      backend_(backend),
      matrix_(backend.pack(add_weight(scope, "weight", Shape{options.units, options.in}))),
      activation_(options.activation) {
  if (options.bias == Bias::yes) bias_.emplace(add_weight(scope, "bias", Shape{options.units}));
}

void Dense::operator()(TensorView<const float> x, TensorView<float> y, Context& context) const {
  check(x.shape(), y.shape());
  matrix_->linear(x, y, {.bias = bias_ ? bias_->data() : nullptr, .activation = activation_}, context);
}

void Dense::add_to(TensorView<float> y, TensorView<const float> x, Context& context) const {
  check(x.shape(), y.shape());
  matrix_->linear(x, y, {.bias = bias_ ? bias_->data() : nullptr, .add_to_output = true}, context);
}

void Dense::check(const Shape& x, const Shape& y) const {
  check_rows(name(), "an input", x, first_size(x), matrix_->in_features());
  check_rows(name(), "an output", y, first_size(x), units());
}

Shape Dense::compute_output_shape(const Shape& input_shape) const { return input_shape.with_last(units()); }

void Dense::weights_changed() {
  const std::vector<const Variable*> own = own_weights();
  matrix_ = backend_.pack(own[0]->tensor());
  if (bias_) bias_.emplace(own[1]->tensor());
}

}  // namespace sightline
