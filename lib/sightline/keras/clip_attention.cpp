// SPDX-License-Identifier: Apache-2.0
#include "sightline/keras/clip_attention.h"

#include <algorithm>

#include "sightline/base/error.h"
#include "sightline/keras/checks.h"
#include "sightline/keras/clip_initializers.h"
#include "sightline/keras/engine_object.h"
#include "sightline/keras/pass.h"
#include "sightline/keras/rows.h"
#include "sightline/model/config_section.h"
#include "sightline/nn/multi_head_attention.h"

namespace sightline::keras {
namespace {

const CLIPAttention::Arguments& checked(const CLIPAttention::Arguments& arguments) {
  check_heads(arguments.proj_dim, "proj_dim", arguments.num_heads, "num_heads");
  at_least_one(arguments.num_hidden_layers, "num_hidden_layers", kMaxLayers);
  if (!(arguments.dropout >= 0 && arguments.dropout < 1)) {
    fail(ErrorCode::range, "dropout",
         "is " + std::to_string(arguments.dropout) + ", expected 0 or more, and less than 1");
  }
  return arguments;
}

Dense::Arguments projection(const CLIPAttention::Arguments& arguments) {
  return {.units = checked(arguments).proj_dim};
}

}  // namespace

struct CLIPAttention::Compute {
  EngineObject<MultiHeadAttention> attention;
};

CLIPAttention::CLIPAttention(const Arguments& arguments, const LayerOptions& options)
    : CLIPAttention(arguments, options,
                    WeightScope(initial_weights(0, checked(arguments).num_hidden_layers, {}))) {}

CLIPAttention::CLIPAttention(const Arguments& arguments, const LayerOptions& options,
                             const WeightScope& scope)
    : Layer("CLIPAttention", float32_or_int8(options, "clip_attention")),
      arguments_(arguments),
      q_proj_(projection(arguments), named("q_proj"), scope / "q_proj", arguments.proj_dim),
      k_proj_(projection(arguments), named("k_proj"), scope / "k_proj", arguments.proj_dim),
      v_proj_(projection(arguments), named("v_proj"), scope / "v_proj", arguments.proj_dim),
      out_proj_(projection(arguments), named("out_proj"), scope / "out_proj", arguments.proj_dim),
      compute_(std::make_unique<Compute>()) {
  for (Dense* part : {&q_proj_, &k_proj_, &v_proj_, &out_proj_}) add_sublayer(*part);
  set_input_spec(InputSpec{.ndim = 3, .axes = {{-1, arguments_.proj_dim}}});
  Layer::build(Shape{-1, -1, arguments_.proj_dim});
  if (!options.trainable) set_trainable(false);
  if (is_quantized(options)) CLIPAttention::quantize("int8");
}

CLIPAttention::~CLIPAttention() = default;

std::unique_ptr<CLIPAttention> CLIPAttention::from_config(const LayerConfig& config) {
  check_arguments(config, {"proj_dim", "num_heads", "num_hidden_layers", "dropout", "causal"});
  return std::make_unique<CLIPAttention>(
      Arguments{.proj_dim = config_value<std::int64_t>(config, "proj_dim"),
                .num_heads = config_value<std::int64_t>(config, "num_heads"),
                .num_hidden_layers = config_value<std::int64_t>(config, "num_hidden_layers"),
                .dropout = config_value<double>(config, "dropout", 0.0),
                .mask = config_value<bool>(config, "causal", false) ? Mask::causal : Mask::none},
      layer_options(config));
}

LayerConfig CLIPAttention::get_config() const {
  LayerConfig config = Layer::get_config();
  config.insert({{"proj_dim", arguments_.proj_dim},
                 {"num_heads", arguments_.num_heads},
                 {"num_hidden_layers", arguments_.num_hidden_layers},
                 {"dropout", arguments_.dropout},
                 {"causal", arguments_.mask == Mask::causal}});
  return config;
}

Tensor CLIPAttention::call(TensorView<const float> inputs) {
  const MultiHeadAttention& attention = compute_->attention.get(
      [this](Weights& weights) { collect(weights, ""); },
      [this](const WeightScope& root) {
        return std::make_unique<MultiHeadAttention>(root, arguments_.proj_dim, arguments_.num_heads,
                                                    mask_of(arguments_.mask), gemm_backend("auto"));
      });
  Tensor outputs(inputs.shape());
  std::fill_n(outputs.data(), inputs.elements(), 0.0F);
  const TensorView<const float> rows = as_rows(inputs, arguments_.proj_dim);
  Pass pass;
  attention.add_to(as_rows(outputs.view(), arguments_.proj_dim), rows, rows, whole_sequences(inputs.shape()),
                   pass.context());
  return outputs;
}

Shape CLIPAttention::compute_output_shape(const Shape& input_shape) const {
  input_spec()->check(input_shape, name());
  return input_shape;
}

void CLIPAttention::collect(Weights& weights, const std::string& prefix) const {
  const WeightScope scope(weights, prefix);
  q_proj_.collect(weights, scope.full_name("q_proj"));
  k_proj_.collect(weights, scope.full_name("k_proj"));
  v_proj_.collect(weights, scope.full_name("v_proj"));
  out_proj_.collect(weights, scope.full_name("out_proj"));
}

void CLIPAttention::weights_changed() { compute_->attention.drop(); }

}  // namespace sightline::keras
