// SPDX-License-Identifier: Apache-2.0
#include "sightline/keras/dense_layer.h"

#include <array>

#include "sightline/keras/checks.h"
#include "sightline/keras/engine_object.h"
#include "sightline/keras/int8_weight.h"
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
    : Layer("Dense", options), arguments_(checked(arguments)), compute_(std::make_unique<Compute>()) {
  float32_or_int8(options, "dense");
  set_input_spec(InputSpec{.min_ndim = 1});
}

Dense::Dense(const Arguments& arguments, const LayerOptions& options, const WeightScope& scope,
             std::int64_t in)
    : Dense(arguments, float32_or_int8(options, "dense")) {
  const std::int64_t units = arguments_.units;
  kernel_ = &add_stored_weight(scope, "weight", Shape{units, in}, "kernel");
  if (arguments_.use_bias) bias_ = &add_stored_weight(scope, "bias", Shape{units}, "bias");
  finish_build(Shape{-1, in});
  if (is_quantized(options)) Dense::quantize("int8");
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
  if (dtype_policy().quantization_mode() == "int8") {
    check_int8_columns(shape[1], path() + "/kernel");
    const std::array parts = int8_variables<NewWeight>("kernel", shape);
    kernel_ = &add_weight(parts[0]);
    scale_ = &add_weight(parts[1]);
  } else {
    // Fans are those of Keras's kernel, which is [in, out].
    kernel_ = &add_weight(
        {.shape = shape, .initializer = transposed(arguments_.kernel_initializer), .name = "kernel"});
  }
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

void Dense::quantize(std::string_view mode) {
  check_quantize_mode(mode);
  const Shape shape = kernel_->shape();
  replace_by_int8("kernel", int8_variables<NewWeight>("kernel", shape, int8_weight(*kernel_)));
}

std::vector<Variable*> Dense::store_order() const {
  std::vector<Variable*> order;
  for (Variable* variable : {kernel_, bias_, scale_}) {
    if (variable != nullptr) order.push_back(variable);
  }
  return order;
}

void Dense::collect(Weights& weights, const std::string& prefix) const {
  if (scale_ != nullptr) {
    collect_int8_weight(weights, prefix, "weight", *kernel_, *scale_);
  } else {
    collect_weight(weights, prefix, "weight", *kernel_);
  }
  if (bias_ != nullptr) collect_weight(weights, prefix, "bias", *bias_);
}

void Dense::weights_changed() {
  kernel_ = own_weight("kernel");
  bias_ = own_weight("bias");
  scale_ = own_weight("kernel_scale");
  compute_->dense.drop();
}

}  // namespace sightline::keras
