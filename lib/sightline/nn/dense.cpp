// SPDX-License-Identifier: Apache-2.0
#include "sightline/nn/dense.h"

#include "sightline/nn/shape_checks.h"

namespace sightline {

Dense::Dense(const WeightScope& scope, const Options& options, const GemmBackend& backend)
    : matrix_(backend.pack(scope.require("weight", Shape{options.units, options.in}))),
      activation_(options.activation) {
  if (options.bias == Bias::yes) bias_.emplace(scope.require("bias", Shape{options.units}));
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
  check_rows("dense layer", "an input", x, first_size(x), matrix_->in_features());
  check_rows("dense layer", "an output", y, first_size(x), units());
}

}  // namespace sightline
