// SPDX-License-Identifier: Apache-2.0
#include "sightline/keras/dense_layer.h"

#include "sightline/base/error.h"
#include "sightline/keras/checks.h"
#include "sightline/keras/engine_object.h"
#include "sightline/keras/pass.h"
#include "sightline/keras/rows.h"
#include "sightline/nn/dense.h"

namespace sightline::keras {
namespace {

const Dense::Arguments& checked(const Dense::Arguments& arguments) {
  at_least_one(arguments.units, "units");
  activation_of(arguments.activation);
  return arguments;
}

}  // namespace

struct Dense::Compute {
  EngineObject<sightline::Dense> dense;
};

Dense::Dense(const Arguments& arguments, const LayerOptions& options)
    : Layer("Dense", float32_only(options, "dense")),
      arguments_(checked(arguments)),
      compute_(std::make_unique<Compute>()) {
  set_input_spec(InputSpec{.min_ndim = 1});
}

Dense::Dense(const Arguments& arguments, const LayerOptions& options, const WeightScope& scope,
             std::int64_t in)
    : Dense(arguments, options) {
  const std::int64_t units = arguments_.units;
  kernel_ = &add_stored_weight(scope, "weight", Shape{units, in}, "kernel");
  if (arguments_.use_bias) bias_ = &add_stored_weight(scope, "bias", Shape{units}, "bias");
  finish_build(Shape{-1, in});
}

Dense::~Dense() = default;

std::unique_ptr<Dense> Dense::from_config(const LayerConfig& config) {
  check_arguments(config, {"units", "activation", "use_bias"});
  return std::make_unique<Dense>(Arguments{.units = config_value<std::int64_t>(config, "units"),
                                           .activation = config_value<std::string>(config, "activation", ""),
                                           .use_bias = config_value<bool>(config, "use_bias", true)},
                                 layer_options(config));
}

LayerConfig Dense::get_config() const {
  LayerConfig config = Layer::get_config();
  config.insert({{"units", arguments_.units},
                 {"activation", arguments_.activation},
                 {"use_bias", arguments_.use_bias}});
  return config;
}

void Dense::build(const Shape& input_shape) {
  if (built()) return Layer::build(input_shape);
  check_last_axis(input_shape, name());
  const Shape shape{arguments_.units, input_shape.last()};
  // Fans are those of Keras's kernel, which is [in, out].
  kernel_ = &add_weight(
      {.shape = shape, .initializer = transposed(arguments_.kernel_initializer), .name = "kernel"});
  if (arguments_.use_bias) {
    bias_ = &add_weight(
        {.shape = {arguments_.units}, .initializer = arguments_.bias_initializer, .name = "bias"});
  }
  finish_build(input_shape);
}

void Dense::finish_build(const Shape& input_shape) {
  set_input_spec(InputSpec{.min_ndim = 1, .axes = {{-1, input_shape.last()}}});
  Layer::build(input_shape);
}

Tensor Dense::call(TensorView<const float> inputs) {
  const std::int64_t in = kernel_->shape()[1];
  const sightline::Dense& dense =
      compute_->dense.get([this](Weights& weights) { collect(weights, ""); },
                          [&](const WeightScope& root) {
                            return std::make_unique<sightline::Dense>(
                                root,
                                sightline::Dense::Options{.in = in,
                                                          .units = arguments_.units,
                                                          .bias = bias_ != nullptr ? Bias::yes : Bias::no,
                                                          .activation = activation_of(arguments_.activation)},
                                gemm_backend("auto"));
                          });
  Tensor outputs(inputs.shape().with_last(arguments_.units));
  Pass pass;
  dense(as_rows(inputs, in), as_rows(outputs.view(), arguments_.units), pass.context());
  return outputs;
}

Shape Dense::compute_output_shape(const Shape& input_shape) const {
  if (input_spec()) input_spec()->check(input_shape, name());
  return input_shape.with_last(arguments_.units);
}

void Dense::collect(Weights& weights, const std::string& prefix) const {
  collect_weight(weights, prefix, "weight", *kernel_);
  if (bias_ != nullptr) collect_weight(weights, prefix, "bias", *bias_);
}

void Dense::weights_changed() { compute_->dense.drop(); }

}  // namespace sightline::keras
