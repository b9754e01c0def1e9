// SPDX-License-Identifier: Apache-2.0
#include "sightline/keras/residual_attention.h"

#include "sightline/keras/block_config.h"
#include "sightline/keras/checks.h"
#include "sightline/keras/clip_initializers.h"
#include "sightline/keras/engine_object.h"
#include "sightline/keras/pass.h"
#include "sightline/keras/rows.h"
#include "sightline/nn/transformer_block.h"

namespace sightline::keras {
namespace {

EncoderConfig config_of(const ResidualAttention::Arguments& arguments) {
  return encoder_config({.width = arguments.proj_dim,
                         .layers = arguments.num_hidden_layers,
                         .heads = arguments.num_heads,
                         .mlp_width = arguments.mlp_width,
                         .activation = arguments.activation,
                         .epsilon = arguments.epsilon},
                        {.width = "proj_dim", .layers = "num_hidden_layers", .heads = "num_heads"});
}

ResidualAttention::Arguments checked(ResidualAttention::Arguments arguments) {
  arguments.mlp_width = config_of(arguments).mlp_width;
  return arguments;
}

}  // namespace

struct ResidualAttention::Compute {
  EngineObject<TransformerBlock> block;
};

ResidualAttention::ResidualAttention(const Arguments& arguments, const LayerOptions& options)
    : ResidualAttention(arguments, options,
                        WeightScope(initial_weights(0, checked(arguments).num_hidden_layers, {}))) {}

ResidualAttention::ResidualAttention(const Arguments& arguments, const LayerOptions& options,
                                     const WeightScope& scope)
    : Layer("ResidualAttention", float32_or_int8(options, "residual_attention")),
      arguments_(checked(arguments)),
      ln_1_({.epsilon = arguments.epsilon}, named("ln_1"), scope / "layer_norm1", arguments.proj_dim),
      attention_({.proj_dim = arguments.proj_dim,
                  .num_heads = arguments.num_heads,
                  .num_hidden_layers = arguments.num_hidden_layers,
                  .mask = arguments.mask},
                 named("multi_head_attention"), scope / "self_attn"),
      ln_2_({.epsilon = arguments.epsilon}, named("ln_2"), scope / "layer_norm2", arguments.proj_dim),
      c_fc_({.units = *arguments_.mlp_width, .activation = arguments.activation}, named("c_fc"),
            scope / "mlp" / "fc1", arguments.proj_dim),
      c_proj_({.units = arguments.proj_dim}, named("c_proj"), scope / "mlp" / "fc2", *arguments_.mlp_width),
      compute_(std::make_unique<Compute>()) {
  add_sublayer(ln_1_);
  add_sublayer(attention_);
  add_sublayer(ln_2_);
  add_sublayer(c_fc_);
  add_sublayer(c_proj_);
  set_input_spec(InputSpec{.ndim = 3, .axes = {{-1, arguments_.proj_dim}}});
  Layer::build(Shape{-1, -1, arguments_.proj_dim});
  if (!options.trainable) set_trainable(false);
  if (is_quantized(options)) ResidualAttention::quantize("int8");
}

ResidualAttention::~ResidualAttention() = default;

std::unique_ptr<ResidualAttention> ResidualAttention::from_config(const LayerConfig& config) {
  check_arguments(
      config, {"proj_dim", "num_heads", "num_hidden_layers", "causal", "mlp_width", "activation", "epsilon"});
  Arguments arguments = {.proj_dim = config_value<std::int64_t>(config, "proj_dim"),
                         .num_heads = config_value<std::int64_t>(config, "num_heads"),
                         .num_hidden_layers = config_value<std::int64_t>(config, "num_hidden_layers")};
  arguments.mask = config_value<bool>(config, "causal", false) ? Mask::causal : Mask::none;
  if (config.contains("mlp_width")) arguments.mlp_width = config_value<std::int64_t>(config, "mlp_width");
  arguments.activation = config_value<std::string>(config, "activation", arguments.activation);
  arguments.epsilon = config_value<double>(config, "epsilon", arguments.epsilon);
  return std::make_unique<ResidualAttention>(arguments, layer_options(config));
}

LayerConfig ResidualAttention::get_config() const {
  LayerConfig config = Layer::get_config();
  config.insert({{"proj_dim", arguments_.proj_dim},
                 {"num_heads", arguments_.num_heads},
                 {"num_hidden_layers", arguments_.num_hidden_layers},
                 {"causal", arguments_.mask == Mask::causal},
                 {"mlp_width", *arguments_.mlp_width},
                 {"activation", arguments_.activation},
                 {"epsilon", arguments_.epsilon}});
  return config;
}

Tensor ResidualAttention::call(TensorView<const float> inputs) {
  const TransformerBlock& block =
      compute_->block.get([this](Weights& weights) { collect(weights, ""); },
                          [this](const WeightScope& root) {
                            return std::make_unique<TransformerBlock>(
                                root, config_of(arguments_), mask_of(arguments_.mask), gemm_backend("auto"));
                          });
  Tensor outputs = copy_of(inputs);
  Pass pass;
  block(as_rows(outputs.view(), arguments_.proj_dim), whole_sequences(inputs.shape()), pass.context());
  return outputs;
}

Shape ResidualAttention::compute_output_shape(const Shape& input_shape) const {
  input_spec()->check(input_shape, name());
  return input_shape;
}

void ResidualAttention::collect(Weights& weights, const std::string& prefix) const {
  const WeightScope scope(weights, prefix);
  ln_1_.collect(weights, scope.full_name("layer_norm1"));
  attention_.collect(weights, scope.full_name("self_attn"));
  ln_2_.collect(weights, scope.full_name("layer_norm2"));
  c_fc_.collect(weights, scope.full_name("mlp.fc1"));
  c_proj_.collect(weights, scope.full_name("mlp.fc2"));
}

void ResidualAttention::weights_changed() { compute_->block.drop(); }

}  // namespace sightline::keras
