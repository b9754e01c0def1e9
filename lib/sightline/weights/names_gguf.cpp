// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <span>

#include "sightline/weights/names.h"

namespace sightline {
namespace {

constexpr std::array<std::string_view, 2> kMarkers = {"v.blk.", "t.blk."};

constexpr NameRule rename(std::string_view name, std::string_view canonical,
                          TensorLayout layout = TensorLayout::same) {
  return {name, canonical, layout};
}

// Source: monatis/clip.cpp models/convert_hf_to_gguf.py, which calls fc1 `ffn_down` and fc2 `ffn_up`.
constexpr std::array kRules = {
    rename("t.token_embd.weight", "text_model.embeddings.token_embedding.weight"),
    rename("t.position_embd.weight", "text_model.embeddings.position_embedding.weight"),
    rename("t.post_ln.weight", "text_model.final_layer_norm.weight"),
    rename("t.post_ln.bias", "text_model.final_layer_norm.bias"),
    rename("text_projection.weight", "text_projection.weight"),
    rename("v.class_embd", "vision_model.embeddings.class_embedding", TensorLayout::flat),
    rename("v.patch_embd.weight", "vision_model.embeddings.patch_embedding.weight"),
    rename("v.position_embd.weight", "vision_model.embeddings.position_embedding.weight"),
    rename("v.pre_ln.weight", "vision_model.pre_layrnorm.weight"),
    rename("v.pre_ln.bias", "vision_model.pre_layrnorm.bias"),
    rename("v.post_ln.weight", "vision_model.post_layernorm.weight"),
    rename("v.post_ln.bias", "vision_model.post_layernorm.bias"),
    rename("visual_projection.weight", "visual_projection.weight"),
    rename("logit_scale", "logit_scale", TensorLayout::scalar),
    rename("v.blk.{}.attn_q.weight", "vision_model.encoder.layers.{}.self_attn.q_proj.weight"),
    rename("v.blk.{}.attn_q.bias", "vision_model.encoder.layers.{}.self_attn.q_proj.bias"),
    rename("v.blk.{}.attn_k.weight", "vision_model.encoder.layers.{}.self_attn.k_proj.weight"),
    rename("v.blk.{}.attn_k.bias", "vision_model.encoder.layers.{}.self_attn.k_proj.bias"),
    rename("v.blk.{}.attn_v.weight", "vision_model.encoder.layers.{}.self_attn.v_proj.weight"),
    rename("v.blk.{}.attn_v.bias", "vision_model.encoder.layers.{}.self_attn.v_proj.bias"),
    rename("v.blk.{}.attn_out.weight", "vision_model.encoder.layers.{}.self_attn.out_proj.weight"),
    rename("v.blk.{}.attn_out.bias", "vision_model.encoder.layers.{}.self_attn.out_proj.bias"),
    rename("v.blk.{}.ln1.weight", "vision_model.encoder.layers.{}.layer_norm1.weight"),
    rename("v.blk.{}.ln1.bias", "vision_model.encoder.layers.{}.layer_norm1.bias"),
    rename("v.blk.{}.ln2.weight", "vision_model.encoder.layers.{}.layer_norm2.weight"),
    rename("v.blk.{}.ln2.bias", "vision_model.encoder.layers.{}.layer_norm2.bias"),
    rename("v.blk.{}.ffn_down.weight", "vision_model.encoder.layers.{}.mlp.fc1.weight"),
    rename("v.blk.{}.ffn_down.bias", "vision_model.encoder.layers.{}.mlp.fc1.bias"),
    rename("v.blk.{}.ffn_up.weight", "vision_model.encoder.layers.{}.mlp.fc2.weight"),
    rename("v.blk.{}.ffn_up.bias", "vision_model.encoder.layers.{}.mlp.fc2.bias"),
    rename("t.blk.{}.attn_q.weight", "text_model.encoder.layers.{}.self_attn.q_proj.weight"),
    rename("t.blk.{}.attn_q.bias", "text_model.encoder.layers.{}.self_attn.q_proj.bias"),
    rename("t.blk.{}.attn_k.weight", "text_model.encoder.layers.{}.self_attn.k_proj.weight"),
    rename("t.blk.{}.attn_k.bias", "text_model.encoder.layers.{}.self_attn.k_proj.bias"),
    rename("t.blk.{}.attn_v.weight", "text_model.encoder.layers.{}.self_attn.v_proj.weight"),
    rename("t.blk.{}.attn_v.bias", "text_model.encoder.layers.{}.self_attn.v_proj.bias"),
    rename("t.blk.{}.attn_out.weight", "text_model.encoder.layers.{}.self_attn.out_proj.weight"),
    rename("t.blk.{}.attn_out.bias", "text_model.encoder.layers.{}.self_attn.out_proj.bias"),
    rename("t.blk.{}.ln1.weight", "text_model.encoder.layers.{}.layer_norm1.weight"),
    rename("t.blk.{}.ln1.bias", "text_model.encoder.layers.{}.layer_norm1.bias"),
    rename("t.blk.{}.ln2.weight", "text_model.encoder.layers.{}.layer_norm2.weight"),
    rename("t.blk.{}.ln2.bias", "text_model.encoder.layers.{}.layer_norm2.bias"),
    rename("t.blk.{}.ffn_down.weight", "text_model.encoder.layers.{}.mlp.fc1.weight"),
    rename("t.blk.{}.ffn_down.bias", "text_model.encoder.layers.{}.mlp.fc1.bias"),
    rename("t.blk.{}.ffn_up.weight", "text_model.encoder.layers.{}.mlp.fc2.weight"),
    rename("t.blk.{}.ffn_up.bias", "text_model.encoder.layers.{}.mlp.fc2.bias"),
};

// The converter omits the scale. OpenAI's four models have ln 100, the maximum that their training allowed.
Weights with_logit_scale(Weights weights) {
  static constexpr float kLogarithmOf100 = 4.6051702F;
  if (weights.contains("logit_scale")) return weights;
  weights.add("logit_scale", {DType::f32, Shape{}, std::as_bytes(std::span(&kLogarithmOf100, 1))});
  weights.set_metadata("assumed.logit_scale",
                       "the weights contain no logit_scale; using ln 100, as in OpenAI's models");
  return weights;
}

}  // namespace

const NameMap& gguf_name_map() {
  static constexpr NameMap kMap{Dialect::gguf, kMarkers, kRules, with_logit_scale};
  return kMap;
}

}  // namespace sightline
