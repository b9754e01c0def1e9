// SPDX-License-Identifier: Apache-2.0
#include "sightline/keras/clip_text_encoder.h"

#include "sightline/base/error.h"
#include "sightline/keras/block_config.h"
#include "sightline/keras/checks.h"
#include "sightline/keras/clip_initializers.h"
#include "sightline/keras/engine_object.h"
#include "sightline/keras/finite.h"
#include "sightline/keras/pass.h"
#include "sightline/keras/visible_tokens.h"
#include "sightline/model/config.h"
#include "sightline/model/config_section.h"
#include "sightline/model/pass_plan.h"
#include "sightline/model/text_tower.h"

namespace sightline::keras {
namespace {

EncoderConfig blocks_of(const CLIPTextEncoder::Arguments& arguments) {
  return encoder_config(
      {.width = arguments.transformer_width,
       .layers = arguments.transformer_layers,
       .heads = arguments.transformer_heads,
       .mlp_width = arguments.mlp_width,
       .activation = arguments.activation,
       .epsilon = arguments.epsilon},
      {.width = "transformer_width", .layers = "transformer_layers", .heads = "transformer_heads"});
}

CLIPTextEncoder::Arguments checked(CLIPTextEncoder::Arguments arguments) {
  arguments.mlp_width = blocks_of(arguments).mlp_width;
  at_least_one(arguments.vocab_size, "vocab_size", kMaxVocabulary);
  at_least_one(arguments.embed_dim, "embed_dim", kMaxWidth);
  at_least_one(arguments.context_length, "context_length", kMaxContext);
  check_end_id(arguments.eos_token_id);
  return arguments;
}

CLIPEncoder::Arguments encoder_of(const CLIPTextEncoder::Arguments& arguments) {
  return {.width = arguments.transformer_width,
          .num_layers = arguments.transformer_layers,
          .heads = arguments.transformer_heads,
          .mask = Mask::causal,
          .mlp_width = arguments.mlp_width,
          .activation = arguments.activation,
          .epsilon = arguments.epsilon};
}

ModelConfig config_of(const CLIPTextEncoder::Arguments& arguments) {
  ModelConfig config;
  config.text.encoder = blocks_of(arguments);
  config.text.vocabulary_size = arguments.vocab_size;
  config.text.context_length = arguments.context_length;
  set_end(config.text, arguments.eos_token_id);
  config.projection_dim = arguments.embed_dim;
  return config;
}

}  // namespace

struct CLIPTextEncoder::Compute {
  EngineObject<TextTower> tower;
};

CLIPTextEncoder::CLIPTextEncoder(const Arguments& arguments, const LayerOptions& options)
    : CLIPTextEncoder(arguments, options,
                      WeightScope(initial_weights(1, checked(arguments).transformer_layers, {}))) {}

CLIPTextEncoder::CLIPTextEncoder(const Arguments& arguments, const LayerOptions& options,
                                 const WeightScope& root)
    : Layer("CLIPTextEncoder", float32_or_int8(options, "clip_text_encoder")),
      arguments_(checked(arguments)),
      token_embedding_({.input_dim = arguments_.vocab_size, .output_dim = arguments_.transformer_width},
                       named("token_embedding"), root / "text_model" / "embeddings" / "token_embedding",
                       Shape{-1, arguments_.context_length}),
      positional_embedding_(
          {.input_dim = arguments_.context_length, .output_dim = arguments_.transformer_width},
          named("positional_embedding"), root / "text_model" / "embeddings" / "position_embedding",
          Shape{arguments_.context_length}),
      encoder_(encoder_of(arguments_), named("clip_encoder"), root / "text_model" / "encoder"),
      ln_final_({.epsilon = arguments_.epsilon}, named("ln_final"), root / "text_model" / "final_layer_norm",
                arguments_.transformer_width),
      projection_({.units = arguments_.embed_dim, .use_bias = false}, named("text_projector"),
                  root / "text_projection", arguments_.transformer_width),
      compute_(std::make_unique<Compute>()) {
  add_sublayer(token_embedding_);
  add_sublayer(positional_embedding_);
  add_sublayer(encoder_);
  add_sublayer(ln_final_);
  add_sublayer(projection_);
  set_input_spec(InputSpec{.ndim = 2});
  Layer::build(Shape{-1, arguments_.context_length});
  if (!options.trainable) set_trainable(false);
  if (is_quantized(options)) CLIPTextEncoder::quantize("int8");
}

CLIPTextEncoder::~CLIPTextEncoder() = default;

std::unique_ptr<CLIPTextEncoder> CLIPTextEncoder::from_config(const LayerConfig& config) {
  check_arguments(config,
                  {"transformer_width", "transformer_layers", "transformer_heads", "vocab_size", "embed_dim",
                   "context_length", "mlp_width", "activation", "epsilon", "eos_token_id"});
  const auto size = [&](const char* key) { return config_value<std::int64_t>(config, key); };
  Arguments arguments = {.transformer_width = size("transformer_width"),
                         .transformer_layers = size("transformer_layers"),
                         .transformer_heads = size("transformer_heads"),
                         .vocab_size = size("vocab_size"),
                         .embed_dim = size("embed_dim"),
                         .context_length = size("context_length")};
  if (config.contains("mlp_width")) arguments.mlp_width = size("mlp_width");
  arguments.activation = config_value<std::string>(config, "activation", arguments.activation);
  arguments.epsilon = config_value<double>(config, "epsilon", arguments.epsilon);
  if (config.contains("eos_token_id")) arguments.eos_token_id = size("eos_token_id");
  return std::make_unique<CLIPTextEncoder>(arguments, layer_options(config));
}

LayerConfig CLIPTextEncoder::get_config() const {
  LayerConfig config = Layer::get_config();
  config.insert({{"transformer_width", arguments_.transformer_width},
                 {"transformer_layers", arguments_.transformer_layers},
                 {"transformer_heads", arguments_.transformer_heads},
                 {"vocab_size", arguments_.vocab_size},
                 {"embed_dim", arguments_.embed_dim},
                 {"context_length", arguments_.context_length},
                 {"mlp_width", *arguments_.mlp_width},
                 {"activation", arguments_.activation},
                 {"epsilon", arguments_.epsilon}});
  if (arguments_.eos_token_id) config.insert({"eos_token_id", *arguments_.eos_token_id});
  return config;
}

Tensor CLIPTextEncoder::operator()(TensorView<const std::int32_t> token_ids,
                                   TensorView<const bool> padding_mask) const {
  const TokenBatch texts = visible_tokens(
      token_ids, padding_mask,
      {.vocabulary = arguments_.vocab_size, .context = arguments_.context_length, .layer = name()});
  const TextTower& tower = compute_->tower.get([this](Weights& weights) { collect(weights); },
                                               [this](const WeightScope& root) {
                                                 return std::make_unique<TextTower>(
                                                     root, config_of(arguments_), gemm_backend("auto"));
                                               });
  Tensor embeddings(Shape{texts.size(), arguments_.embed_dim});
  Pass pass;
  const std::vector<TextIds> sorted = tower.sorted(texts);
  for (const std::span<const TextIds> part : divide_texts(sorted, plan_passes(config_of(arguments_), 0)))
    tower(part, embeddings.view(), pass.context());
  check_embeddings(embeddings.view(), *this);
  return embeddings;
}

Shape CLIPTextEncoder::compute_output_shape(const Shape& input_shape) const {
  input_spec()->check(input_shape, name());
  return Shape{input_shape[0], arguments_.embed_dim};
}

void CLIPTextEncoder::collect(Weights& weights) const {
  token_embedding_.collect(weights, "text_model.embeddings.token_embedding");
  positional_embedding_.collect(weights, "text_model.embeddings.position_embedding");
  encoder_.collect(weights, "text_model.encoder");
  ln_final_.collect(weights, "text_model.final_layer_norm");
  projection_.collect(weights, "text_projection");
}

void CLIPTextEncoder::weights_changed() { compute_->tower.drop(); }

}  // namespace sightline::keras
