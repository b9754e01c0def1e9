// SPDX-License-Identifier: Apache-2.0
#include "sightline/keras/clip_encoder.h"

#include <utility>

#include "sightline/base/error.h"
#include "sightline/keras/block_config.h"
#include "sightline/keras/checks.h"
#include "sightline/keras/clip_initializers.h"
#include "sightline/keras/engine_object.h"
#include "sightline/keras/pass.h"
#include "sightline/keras/rows.h"
#include "sightline/nn/transformer_encoder.h"

namespace sightline::keras {
namespace {

EncoderConfig config_of(const CLIPEncoder::Arguments& arguments) {
  return encoder_config({.width = arguments.width,
                         .layers = arguments.num_layers,
                         .heads = arguments.heads,
                         .mlp_width = arguments.mlp_width,
                         .activation = arguments.activation,
                         .epsilon = arguments.epsilon},
                        {});
}

CLIPEncoder::Arguments checked(CLIPEncoder::Arguments arguments) {
  arguments.mlp_width = config_of(arguments).mlp_width;
  return arguments;
}

}  // namespace

struct CLIPEncoder::Compute {
  EngineObject<TransformerEncoder> encoder;
};

CLIPEncoder::CLIPEncoder(const Arguments& arguments, const LayerOptions& options)
    : CLIPEncoder(arguments, options, WeightScope(initial_weights(0, checked(arguments).num_layers, {}))) {}

CLIPEncoder::CLIPEncoder(const Arguments& arguments, const LayerOptions& options, const WeightScope& scope)
    : Layer("CLIPEncoder", float32_or_int8(options, "clip_encoder")),
      arguments_(checked(arguments)),
      compute_(std::make_unique<Compute>()) {
  for (std::int64_t i = 0; i < arguments_.num_layers; ++i) {
    // KerasCV leaves its blocks without names, so Keras numbers them in the whole process; here they are
    // numbered within their encoder.
    const std::string block = i == 0 ? "residual_attention" : "residual_attention_" + std::to_string(i);
    blocks_.push_back(std::make_unique<ResidualAttention>(
        ResidualAttention::Arguments{.proj_dim = arguments_.width,
                                     .num_heads = arguments_.heads,
                                     .num_hidden_layers = arguments_.num_layers,
                                     .mask = arguments_.mask,
                                     .mlp_width = arguments_.mlp_width,
                                     .activation = arguments_.activation,
                                     .epsilon = arguments_.epsilon},
        named(block), scope / "layers" / i));
    add_sublayer(*blocks_.back());
  }
  set_input_spec(InputSpec{.ndim = 3, .axes = {{-1, arguments_.width}}});
  Layer::build(Shape{-1, -1, arguments_.width});
  if (!options.trainable) set_trainable(false);
  if (is_quantized(options)) CLIPEncoder::quantize("int8");
}

CLIPEncoder::~CLIPEncoder() = default;

std::unique_ptr<CLIPEncoder> CLIPEncoder::from_config(const LayerConfig& config) {
  check_arguments(config, {"width", "num_layers", "heads", "causal", "mlp_width", "activation", "epsilon"});
  Arguments arguments = {.width = config_value<std::int64_t>(config, "width"),
                         .num_layers = config_value<std::int64_t>(config, "num_layers"),
                         .heads = config_value<std::int64_t>(config, "heads")};
  arguments.mask = config_value<bool>(config, "causal", false) ? Mask::causal : Mask::none;
  if (config.contains("mlp_width")) arguments.mlp_width = config_value<std::int64_t>(config, "mlp_width");
  arguments.activation = config_value<std::string>(config, "activation", arguments.activation);
  arguments.epsilon = config_value<double>(config, "epsilon", arguments.epsilon);
  return std::make_unique<CLIPEncoder>(arguments, layer_options(config));
}

LayerConfig CLIPEncoder::get_config() const {
  LayerConfig config = Layer::get_config();
  config.insert({{"width", arguments_.width},
                 {"num_layers", arguments_.num_layers},
                 {"heads", arguments_.heads},
                 {"causal", arguments_.mask == Mask::causal},
                 {"mlp_width", *arguments_.mlp_width},
                 {"activation", arguments_.activation},
                 {"epsilon", arguments_.epsilon}});
  return config;
}

Tensor CLIPEncoder::call(TensorView<const float> inputs) {
  const TransformerEncoder& encoder = compute_->encoder.get(
      [this](Weights& weights) { collect(weights, ""); },
      [this](const WeightScope& root) {
        return std::make_unique<TransformerEncoder>(root, config_of(arguments_), mask_of(arguments_.mask),
                                                    gemm_backend("auto"));
      });
  Tensor outputs = copy_of(inputs);
  if (inputs.elements() == 0) return outputs;
  const std::vector<Sequence> sequences(static_cast<std::size_t>(inputs.shape()[0]),
                                        Sequence{.length = inputs.shape()[1]});
  Pass pass;
  encoder(as_rows(outputs.view(), arguments_.width), sequences, pass.context());
  return outputs;
}

Shape CLIPEncoder::compute_output_shape(const Shape& input_shape) const {
  input_spec()->check(input_shape, name());
  return input_shape;
}

ResidualAttention& CLIPEncoder::layer(std::int64_t index) {
  return const_cast<ResidualAttention&>(std::as_const(*this).layer(index));
}

const ResidualAttention& CLIPEncoder::layer(std::int64_t index) const {
  if (index < 0 || index >= arguments_.num_layers) {
    fail(ErrorCode::range, name(),
         "has " + std::to_string(arguments_.num_layers) + " layers, is asked for layer " +
             std::to_string(index));
  }
  return *blocks_[static_cast<std::size_t>(index)];
}

void CLIPEncoder::collect(Weights& weights, const std::string& prefix) const {
  const WeightScope scope(weights, prefix);
  for (std::size_t i = 0; i < blocks_.size(); ++i)
    blocks_[i]->collect(weights, scope.full_name("layers." + std::to_string(i)));
}

void CLIPEncoder::weights_changed() { compute_->encoder.drop(); }

}  // namespace sightline::keras
