// SPDX-License-Identifier: Apache-2.0
#include "sightline/keras/layer_normalization.h"

#include "sightline/base/error.h"
#include "sightline/keras/checks.h"
#include "sightline/keras/engine_object.h"
#include "sightline/keras/pass.h"
#include "sightline/keras/rows.h"
#include "sightline/nn/layer_norm.h"

namespace sightline::keras {
namespace {

const LayerNormalization::Arguments& checked(const LayerNormalization::Arguments& arguments) {
  check_epsilon(arguments.epsilon, "epsilon");
  return arguments;
}

}  // namespace

struct LayerNormalization::Compute {
  EngineObject<LayerNorm> norm;
};

LayerNormalization::LayerNormalization(const Arguments& arguments, const LayerOptions& options)
    : Layer("LayerNormalization", float32_only(options, "layer_normalization")),
      arguments_(checked(arguments)),
      compute_(std::make_unique<Compute>()) {
  set_input_spec(InputSpec{.min_ndim = 1});
}

LayerNormalization::LayerNormalization() : LayerNormalization(Arguments{}) {}

LayerNormalization::LayerNormalization(const Arguments& arguments, const LayerOptions& options,
                                       const WeightScope& scope, std::int64_t width)
    : LayerNormalization(arguments, options) {
  gamma_ = &add_stored_weight(scope, "weight", Shape{width}, "gamma");
  beta_ = &add_stored_weight(scope, "bias", Shape{width}, "beta");
  finish_build(Shape{-1, width});
}

LayerNormalization::~LayerNormalization() = default;

std::unique_ptr<LayerNormalization> LayerNormalization::from_config(const LayerConfig& config) {
  check_arguments(config, {"epsilon"});
  return std::make_unique<LayerNormalization>(
      Arguments{.epsilon = config_value<double>(config, "epsilon", Arguments{}.epsilon)},
      layer_options(config));
}

LayerConfig LayerNormalization::get_config() const {
  LayerConfig config = Layer::get_config();
  config.insert_or_assign("epsilon", arguments_.epsilon);
  return config;
}

void LayerNormalization::build(const Shape& input_shape) {
  if (built()) return Layer::build(input_shape);
  check_last_axis(input_shape, name());
  gamma_ = &add_weight({.shape = {input_shape.last()}, .initializer = "ones", .name = "gamma"});
  beta_ = &add_weight({.shape = {input_shape.last()}, .initializer = "zeros", .name = "beta"});
  finish_build(input_shape);
}

void LayerNormalization::finish_build(const Shape& input_shape) {
  set_input_spec(InputSpec{.min_ndim = 1, .axes = {{-1, input_shape.last()}}});
  Layer::build(input_shape);
}

Tensor LayerNormalization::call(TensorView<const float> inputs) {
  const std::int64_t width = gamma_->shape()[0];
  const LayerNorm& norm = compute_->norm.get([this](Weights& weights) { collect(weights, ""); },
                                             [&](const WeightScope& root) {
                                               return std::make_unique<LayerNorm>(
                                                   root, width, static_cast<float>(arguments_.epsilon));
                                             });
  Tensor outputs(inputs.shape());
  Pass pass;
  norm(as_rows(inputs, width), as_rows(outputs.view(), width), pass.context());
  return outputs;
}

void LayerNormalization::collect(Weights& weights, const std::string& prefix) const {
  collect_weight(weights, prefix, "weight", *gamma_);
  collect_weight(weights, prefix, "bias", *beta_);
}

void LayerNormalization::weights_changed() { compute_->norm.drop(); }

}  // namespace sightline::keras
