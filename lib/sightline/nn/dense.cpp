// SPDX-License-Identifier: Apache-2.0
#include "sightline/nn/dense.h"

#include <algorithm>
#include <array>

#include "sightline/nn/shape_checks.h"

namespace sightline {

Dense::Dense(const WeightScope& scope, const Options& options, const GemmBackend& backend)
    : matrix_(backend.pack(scope.require("weight", Shape{options.units, options.in}))),
      activation_(options.activation) {
  if (options.bias == Bias::yes) bias_.emplace(scope.require("bias", Shape{options.units}));
}

void Dense::operator()(TensorView<const float> x, TensorView<float> y, Context& context) const {
  call(std::array{DenseCall{this, x, y}}, context);
}

void Dense::call(std::span<const DenseCall> calls, Context& context) {
  constexpr std::size_t kMaxCalls = 4;  // at a time, without an allocation
  std::array<Product, kMaxCalls> products;
  for (; !calls.empty(); calls = calls.subspan(std::min(kMaxCalls, calls.size()))) {
    const std::size_t count = std::min(kMaxCalls, calls.size());
    for (std::size_t i = 0; i < count; ++i) products[i] = calls[i].layer->product(calls[i].x, calls[i].y);
    linear(std::span(products).first(count), context);
  }
}

Product Dense::product(TensorView<const float> x, TensorView<float> y) const {
  check(x.shape(), y.shape());
  return {matrix_.get(), x, y, {.bias = bias_ ? bias_->data() : nullptr, .activation = activation_}};
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
