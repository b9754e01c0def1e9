// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "sightline/weights/names.h"

namespace sightline {
namespace {

constexpr std::array<std::string_view, 5> kMarkers = {"text_model.", "vision_model.", "text_projection.",
                                                      "visual_projection.", "logit_scale"};

constexpr NameRule same(std::string_view name) { return {name, name}; }
constexpr NameRule drop(std::string_view name) { return {name, "", TensorLayout::drop}; }

// Source: transformers 5, models/clip/modeling_clip.py, including its spelling `pre_layrnorm`. `position_ids`
// are buffers of versions before 4.31.
constexpr std::array kRules = {
    same("logit_scale"),
    same("text_projection.weight"),
    same("visual_projection.weight"),
    same("vision_model.embeddings.class_embedding"),
    same("vision_model.embeddings.patch_embedding.weight"),
    same("vision_model.embeddings.position_embedding.weight"),
    drop("vision_model.embeddings.position_ids"),
    same("vision_model.pre_layrnorm.weight"),
    same("vision_model.pre_layrnorm.bias"),
    same("vision_model.post_layernorm.weight"),
    same("vision_model.post_layernorm.bias"),
    same("text_model.embeddings.token_embedding.weight"),
    same("text_model.embeddings.position_embedding.weight"),
    drop("text_model.embeddings.position_ids"),
    drop("n_averaged"),  // the step counter of torch.optim.swa_utils.AveragedModel
    same("text_model.final_layer_norm.weight"),
    same("text_model.final_layer_norm.bias"),
    same("text_model.encoder.layers.{}.layer_norm1.weight"),
    same("text_model.encoder.layers.{}.layer_norm1.bias"),
    same("text_model.encoder.layers.{}.layer_norm2.weight"),
    same("text_model.encoder.layers.{}.layer_norm2.bias"),
    same("text_model.encoder.layers.{}.mlp.fc1.weight"),
    same("text_model.encoder.layers.{}.mlp.fc1.bias"),
    same("text_model.encoder.layers.{}.mlp.fc2.weight"),
    same("text_model.encoder.layers.{}.mlp.fc2.bias"),
    same("text_model.encoder.layers.{}.self_attn.k_proj.weight"),
    same("text_model.encoder.layers.{}.self_attn.k_proj.bias"),
    same("text_model.encoder.layers.{}.self_attn.out_proj.weight"),
    same("text_model.encoder.layers.{}.self_attn.out_proj.bias"),
    same("text_model.encoder.layers.{}.self_attn.q_proj.weight"),
    same("text_model.encoder.layers.{}.self_attn.q_proj.bias"),
    same("text_model.encoder.layers.{}.self_attn.v_proj.weight"),
    same("text_model.encoder.layers.{}.self_attn.v_proj.bias"),
    same("vision_model.encoder.layers.{}.layer_norm1.weight"),
    same("vision_model.encoder.layers.{}.layer_norm1.bias"),
    same("vision_model.encoder.layers.{}.layer_norm2.weight"),
    same("vision_model.encoder.layers.{}.layer_norm2.bias"),
    same("vision_model.encoder.layers.{}.mlp.fc1.weight"),
    same("vision_model.encoder.layers.{}.mlp.fc1.bias"),
    same("vision_model.encoder.layers.{}.mlp.fc2.weight"),
    same("vision_model.encoder.layers.{}.mlp.fc2.bias"),
    same("vision_model.encoder.layers.{}.self_attn.k_proj.weight"),
    same("vision_model.encoder.layers.{}.self_attn.k_proj.bias"),
    same("vision_model.encoder.layers.{}.self_attn.out_proj.weight"),
    same("vision_model.encoder.layers.{}.self_attn.out_proj.bias"),
    same("vision_model.encoder.layers.{}.self_attn.q_proj.weight"),
    same("vision_model.encoder.layers.{}.self_attn.q_proj.bias"),
    same("vision_model.encoder.layers.{}.self_attn.v_proj.weight"),
    same("vision_model.encoder.layers.{}.self_attn.v_proj.bias"),
};

}  // namespace

const NameMap& hf_name_map() {
  static constexpr NameMap kMap{Dialect::hf, kMarkers, kRules};
  return kMap;
}

}  // namespace sightline
