// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "sightline/weights/names.h"

namespace sightline {
namespace {

constexpr std::array<std::string_view, 1> kMarkers = {"layers/clip_vision_encoder/"};

constexpr NameRule rename(std::string_view name, std::string_view canonical,
                          TensorLayout layout = TensorLayout::same) {
  return {name, canonical, layout};
}

// Source: keras_hub/src/models/clip, files written by keras-hub.
constexpr std::array kRules = {
    rename("optimizer/vars/{}", "", TensorLayout::drop),
    rename("layers/clip_head/vars/0", "logit_scale", TensorLayout::scalar),
    rename("layers/clip_vision_encoder/layers/clip_vision_embedding/patch_embedding/vars/0",
           "vision_model.embeddings.patch_embedding.weight", TensorLayout::convolution),
    rename("layers/clip_vision_encoder/layers/clip_vision_embedding/position_embedding/vars/0",
           "vision_model.embeddings.position_embedding.weight"),
    rename("layers/clip_vision_encoder/layers/clip_vision_embedding/vars/0",
           "vision_model.embeddings.class_embedding", TensorLayout::flat),
    rename("layers/clip_vision_encoder/layers/clip_vision_embedding/vars/1", "", TensorLayout::drop),
    rename("layers/clip_vision_encoder/layers/layer_normalization/vars/0",
           "vision_model.pre_layrnorm.weight"),
    rename("layers/clip_vision_encoder/layers/layer_normalization/vars/1", "vision_model.pre_layrnorm.bias"),
    rename("layers/clip_vision_encoder/layers/layer_normalization_1/vars/0",
           "vision_model.post_layernorm.weight"),
    rename("layers/clip_vision_encoder/layers/layer_normalization_1/vars/1",
           "vision_model.post_layernorm.bias"),
    rename("layers/clip_text_encoder/layers/token_and_position_embedding/token_embedding/vars/0",
           "text_model.embeddings.token_embedding.weight"),
    rename("layers/clip_text_encoder/layers/token_and_position_embedding/position_embedding/vars/0",
           "text_model.embeddings.position_embedding.weight"),
    rename("layers/clip_text_encoder/layers/layer_normalization/vars/0",
           "text_model.final_layer_norm.weight"),
    rename("layers/clip_text_encoder/layers/layer_normalization/vars/1", "text_model.final_layer_norm.bias"),
    rename("vision_projection", "visual_projection.weight", TensorLayout::transpose),
    rename("text_projection", "text_projection.weight", TensorLayout::transpose),
    rename("layers/clip_vision_encoder/layers/clip_encoder_layer{_}/attention/query_dense/vars/0",
           "vision_model.encoder.layers.{}.self_attn.q_proj.weight", TensorLayout::query_kernel),
    rename("layers/clip_vision_encoder/layers/clip_encoder_layer{_}/attention/query_dense/vars/1",
           "vision_model.encoder.layers.{}.self_attn.q_proj.bias", TensorLayout::flat),
    rename("layers/clip_vision_encoder/layers/clip_encoder_layer{_}/attention/key_dense/vars/0",
           "vision_model.encoder.layers.{}.self_attn.k_proj.weight", TensorLayout::query_kernel),
    rename("layers/clip_vision_encoder/layers/clip_encoder_layer{_}/attention/key_dense/vars/1",
           "vision_model.encoder.layers.{}.self_attn.k_proj.bias", TensorLayout::flat),
    rename("layers/clip_vision_encoder/layers/clip_encoder_layer{_}/attention/value_dense/vars/0",
           "vision_model.encoder.layers.{}.self_attn.v_proj.weight", TensorLayout::query_kernel),
    rename("layers/clip_vision_encoder/layers/clip_encoder_layer{_}/attention/value_dense/vars/1",
           "vision_model.encoder.layers.{}.self_attn.v_proj.bias", TensorLayout::flat),
    rename("layers/clip_vision_encoder/layers/clip_encoder_layer{_}/attention/output_dense/vars/0",
           "vision_model.encoder.layers.{}.self_attn.out_proj.weight", TensorLayout::output_kernel),
    rename("layers/clip_vision_encoder/layers/clip_encoder_layer{_}/attention/output_dense/vars/1",
           "vision_model.encoder.layers.{}.self_attn.out_proj.bias"),
    rename("layers/clip_vision_encoder/layers/clip_encoder_layer{_}/layer_norm_1/vars/0",
           "vision_model.encoder.layers.{}.layer_norm1.weight"),
    rename("layers/clip_vision_encoder/layers/clip_encoder_layer{_}/layer_norm_1/vars/1",
           "vision_model.encoder.layers.{}.layer_norm1.bias"),
    rename("layers/clip_vision_encoder/layers/clip_encoder_layer{_}/layer_norm_2/vars/0",
           "vision_model.encoder.layers.{}.layer_norm2.weight"),
    rename("layers/clip_vision_encoder/layers/clip_encoder_layer{_}/layer_norm_2/vars/1",
           "vision_model.encoder.layers.{}.layer_norm2.bias"),
    rename("layers/clip_vision_encoder/layers/clip_encoder_layer{_}/dense_1/vars/0",
           "vision_model.encoder.layers.{}.mlp.fc1.weight", TensorLayout::transpose),
    rename("layers/clip_vision_encoder/layers/clip_encoder_layer{_}/dense_1/vars/1",
           "vision_model.encoder.layers.{}.mlp.fc1.bias"),
    rename("layers/clip_vision_encoder/layers/clip_encoder_layer{_}/dense_2/vars/0",
           "vision_model.encoder.layers.{}.mlp.fc2.weight", TensorLayout::transpose),
    rename("layers/clip_vision_encoder/layers/clip_encoder_layer{_}/dense_2/vars/1",
           "vision_model.encoder.layers.{}.mlp.fc2.bias"),
    rename("layers/clip_text_encoder/layers/clip_encoder_layer{_}/attention/query_dense/vars/0",
           "text_model.encoder.layers.{}.self_attn.q_proj.weight", TensorLayout::query_kernel),
    rename("layers/clip_text_encoder/layers/clip_encoder_layer{_}/attention/query_dense/vars/1",
           "text_model.encoder.layers.{}.self_attn.q_proj.bias", TensorLayout::flat),
    rename("layers/clip_text_encoder/layers/clip_encoder_layer{_}/attention/key_dense/vars/0",
           "text_model.encoder.layers.{}.self_attn.k_proj.weight", TensorLayout::query_kernel),
    rename("layers/clip_text_encoder/layers/clip_encoder_layer{_}/attention/key_dense/vars/1",
           "text_model.encoder.layers.{}.self_attn.k_proj.bias", TensorLayout::flat),
    rename("layers/clip_text_encoder/layers/clip_encoder_layer{_}/attention/value_dense/vars/0",
           "text_model.encoder.layers.{}.self_attn.v_proj.weight", TensorLayout::query_kernel),
    rename("layers/clip_text_encoder/layers/clip_encoder_layer{_}/attention/value_dense/vars/1",
           "text_model.encoder.layers.{}.self_attn.v_proj.bias", TensorLayout::flat),
    rename("layers/clip_text_encoder/layers/clip_encoder_layer{_}/attention/output_dense/vars/0",
           "text_model.encoder.layers.{}.self_attn.out_proj.weight", TensorLayout::output_kernel),
    rename("layers/clip_text_encoder/layers/clip_encoder_layer{_}/attention/output_dense/vars/1",
           "text_model.encoder.layers.{}.self_attn.out_proj.bias"),
    rename("layers/clip_text_encoder/layers/clip_encoder_layer{_}/layer_norm_1/vars/0",
           "text_model.encoder.layers.{}.layer_norm1.weight"),
    rename("layers/clip_text_encoder/layers/clip_encoder_layer{_}/layer_norm_1/vars/1",
           "text_model.encoder.layers.{}.layer_norm1.bias"),
    rename("layers/clip_text_encoder/layers/clip_encoder_layer{_}/layer_norm_2/vars/0",
           "text_model.encoder.layers.{}.layer_norm2.weight"),
    rename("layers/clip_text_encoder/layers/clip_encoder_layer{_}/layer_norm_2/vars/1",
           "text_model.encoder.layers.{}.layer_norm2.bias"),
    rename("layers/clip_text_encoder/layers/clip_encoder_layer{_}/dense_1/vars/0",
           "text_model.encoder.layers.{}.mlp.fc1.weight", TensorLayout::transpose),
    rename("layers/clip_text_encoder/layers/clip_encoder_layer{_}/dense_1/vars/1",
           "text_model.encoder.layers.{}.mlp.fc1.bias"),
    rename("layers/clip_text_encoder/layers/clip_encoder_layer{_}/dense_2/vars/0",
           "text_model.encoder.layers.{}.mlp.fc2.weight", TensorLayout::transpose),
    rename("layers/clip_text_encoder/layers/clip_encoder_layer{_}/dense_2/vars/1",
           "text_model.encoder.layers.{}.mlp.fc2.bias"),
};

// The two projections are `dense` and `dense_1` of the model, in an order that Keras chose. The layer name in
// newer files decides; without it the image projection comes first.
Weights with_named_projections(Weights weights) {
  constexpr std::array<std::string_view, 2> kGroups = {"layers/dense/vars", "layers/dense_1/vars"};
  constexpr std::array<std::string_view, 2> kNames = {"vision_projection", "text_projection"};
  for (std::size_t i = 0; i < kGroups.size(); ++i) {
    const std::string tensor = std::string(kGroups[i]) + "/0";
    if (!weights.contains(tensor)) continue;
    const auto name = weights.metadata().find(std::string(kGroups[i]));
    const bool named =
        name != weights.metadata().end() && (name->second == kNames[0] || name->second == kNames[1]);
    weights.add(named ? name->second : std::string(kNames[i]), weights.extract(tensor));
  }
  return weights;
}

}  // namespace

const NameMap& kerashub_name_map() {
  static constexpr NameMap kMap{Dialect::kerashub, kMarkers, kRules, with_named_projections};
  return kMap;
}

}  // namespace sightline
