// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/summary_layers.h"

#include <utility>

namespace sightline {
namespace {

SummaryLayer layer(std::string name, const Shape& output, const std::string& weights) {
  return {std::move(name), output, {weights + ".weight", weights + ".bias"}, {}};
}

SummaryLayer dense(std::string name, const Shape& output, std::string_view weights, bool bias) {
  SummaryLayer result = layer(std::move(name), output, std::string(weights));
  if (!bias) result.weights.pop_back();
  return result;
}

// What a tower has of the projection: up to two layers, named after the last.
void add_projector(std::vector<SummaryLayer>& layers, const std::string& name, const ProjectionConfig& config,
                   const Shape& output) {
  if (config.name.empty()) return;
  if (config.hidden) {
    layers.push_back(dense(name + "_hidden", output.with_last(config.hidden->units), config.hidden->name,
                           config.hidden->bias));
  }
  layers.push_back(dense(name, output, config.name, config.bias));
}

SummaryLayer attention(const EncoderConfig& config, const Shape& stream, const std::string& weights) {
  SummaryLayer result{"multi_head_attention", stream, {}, {}};
  for (const char* name : {"q_proj", "k_proj", "v_proj"})
    result.layers.push_back(layer(name, stream, weights + "." + name));
  if (!config.key_bias) result.layers[1].weights.pop_back();
  if (config.attention_norm) result.layers.push_back(layer("ln", stream, weights + ".norm"));
  result.layers.push_back(layer("out_proj", stream, weights + ".out_proj"));
  return result;
}

void add_mlp(SummaryLayer& block, const EncoderConfig& config, const Shape& stream,
             const std::string& weights) {
  const Shape hidden = stream.with_last(config.mlp_width);
  if (config.mlp == MlpKind::swiglu) block.layers.push_back(layer("c_gate", hidden, weights + ".gate"));
  block.layers.push_back(layer("c_fc", hidden, weights + ".fc1"));
  if (config.mlp_norm) block.layers.push_back(layer("ln_mlp", hidden, weights + ".norm"));
  block.layers.push_back(layer("c_proj", stream, weights + ".fc2"));
}

SummaryLayer block(const EncoderConfig& config, std::int64_t index, const Shape& stream,
                   const std::string& weights) {
  const std::string number = index == 0 ? "" : "_" + std::to_string(index);
  SummaryLayer result{"residual_attention" + number, stream, {}, {}};
  result.layers = {layer("ln_1", stream, weights + ".layer_norm1"),
                   attention(config, stream, weights + ".self_attn"),
                   layer("ln_2", stream, weights + ".layer_norm2")};
  add_mlp(result, config, stream, weights + ".mlp");
  return result;
}

SummaryLayer attention_pooling(const AttentionPoolingConfig& config, const Shape& stream,
                               const Shape& pooled) {
  const std::string weights = "vision_model.head";
  SummaryLayer result{"attention_pooling", pooled, {weights + ".probe"}, {}};
  if (config.input_norms) {
    result.layers = {layer("ln_q", pooled, weights + ".query_norm"),
                     layer("ln_k", stream, weights + ".row_norm")};
  }
  result.layers.push_back(attention(config.block, pooled, weights + ".attention"));
  if (!config.mlp) return result;
  result.layers.push_back(layer("ln", pooled, weights + ".layernorm"));
  add_mlp(result, config.block, pooled, weights + ".mlp");
  return result;
}

SummaryLayer encoder(const EncoderConfig& config, std::int64_t tokens, const std::string& weights) {
  SummaryLayer result{"clip_encoder", Shape{kAnySize, config.width}, {}, {}};
  for (std::int64_t i = 0; i < config.layers; ++i) {
    result.layers.push_back(
        block(config, i, Shape{kAnySize, tokens, config.width}, weights + ".layers." + std::to_string(i)));
  }
  return result;
}

SummaryLayer image_encoder(const ModelConfig& config) {
  const std::int64_t width = config.vision.encoder.width;
  const std::int64_t tokens = config.vision.is_naflex() ? kAnySize : config.vision.tokens();
  const Shape stream{kAnySize, tokens, width}, pooled{kAnySize, config.vision.pooled_width()},
      out{kAnySize, config.projection_dim};
  const std::string embeddings = "vision_model.embeddings.";
  SummaryLayer patches{"clip_patch_embedding", stream, {embeddings + "patch_embedding.weight"}, {}};
  if (config.vision.patch_bias) patches.weights.push_back(embeddings + "patch_embedding.bias");
  if (config.vision.class_token) patches.weights.push_back(embeddings + "class_embedding");
  patches.weights.push_back(embeddings + "position_embedding.weight");
  SummaryLayer result{"image_encoder", out, {}, {}};
  result.layers.push_back(std::move(patches));
  if (config.vision.pre_norm) result.layers.push_back(layer("ln_1", stream, "vision_model.pre_layrnorm"));
  result.layers.push_back(encoder(config.vision.encoder, tokens, "vision_model.encoder"));
  const SummaryLayer norm = layer("ln_2", pooled, "vision_model.post_layernorm");
  if (!config.vision.final_norm_after_pool) result.layers.push_back(norm);
  if (config.vision.pools_by_attention())
    result.layers.push_back(attention_pooling(config.vision.attention_pooling(), stream, pooled));
  if (config.vision.final_norm_after_pool) result.layers.push_back(norm);
  add_projector(result.layers, "vision_projector", config.vision.projection, out);
  return result;
}

SummaryLayer text_encoder(const ModelConfig& config) {
  const std::int64_t width = config.text.encoder.width,
                     tokens = config.text.context_length + (config.text.has_class_token() ? 1 : 0);
  const Shape stream{kAnySize, tokens, width}, pooled{kAnySize, width}, out{kAnySize, config.projection_dim};
  const std::string embeddings = "text_model.embeddings.";
  SummaryLayer result{"text_encoder", out, {}, {}};
  result.layers = {
      {"token_embedding", stream, {embeddings + "token_embedding.weight"}, {}},
      {"positional_embedding", Shape{tokens, width}, {embeddings + "position_embedding.weight"}, {}}};
  if (config.text.has_class_token()) {
    result.layers.push_back({"class_embedding", Shape{width}, {embeddings + "class_embedding"}, {}});
  }
  if (config.text.token_types > 0) {
    result.layers.push_back(
        {"token_type_embedding", Shape{width}, {embeddings + "token_type_embedding.weight"}, {}});
  }
  if (config.text.embedding_norm)
    result.layers.push_back(layer("ln_embedding", stream, embeddings + "layer_norm"));
  result.layers.push_back(encoder(config.text.encoder, tokens, "text_model.encoder"));
  if (config.text.final_norm)
    result.layers.push_back(layer("ln_final", pooled, "text_model.final_layer_norm"));
  add_projector(result.layers, "text_projector", config.text.projection, out);
  return result;
}

}  // namespace

std::vector<SummaryLayer> summary_layers(const ModelConfig& config) {
  if (!config.has_text) return {image_encoder(config)};
  if (!config.has_vision) return {text_encoder(config)};
  SummaryLayer head{"clip_head", Shape{kAnySize, kAnySize}, {"logit_scale"}, {}};
  if (config.head.logit_bias) head.weights.push_back("logit_bias");
  return {image_encoder(config), text_encoder(config), std::move(head)};
}

}  // namespace sightline
