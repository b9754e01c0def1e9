// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "sightline/weights/names.h"

namespace sightline {
namespace {

constexpr NameRule rename(std::string_view name, std::string_view canonical,
                          TensorLayout layout = TensorLayout::same) {
  return {name, canonical, layout};
}
constexpr NameRule part(std::string_view name, std::string_view canonical, std::int64_t index,
                        std::int64_t count) {
  return {name, canonical, TensorLayout::part, index, count};
}

// Source: timm 1.0, models/vision_transformer.py (VisionTransformer), models/eva.py (Eva),
// models/naflexvit.py (NaFlexEmbeds), layers/mlp.py (SwiGLU), layers/attention_pool.py (AttentionPoolLatent);
// open_clip timm_model.py, whose `head` is the projection if timm has none. A model has either `norm` or
// `fc_norm`, which differ in whether it comes before the pooling or after it.
constexpr std::array kRules = {
    rename("visual.trunk.patch_embed.proj.weight", "vision_model.embeddings.patch_embedding.weight"),
    rename("visual.trunk.patch_embed.proj.bias", "vision_model.embeddings.patch_embedding.bias"),
    rename("visual.trunk.cls_token", "vision_model.embeddings.class_embedding", TensorLayout::flat),
    rename("visual.trunk.pos_embed", "vision_model.embeddings.position_embedding.weight",
           TensorLayout::first),
    rename("visual.trunk.embeds.proj.weight", "vision_model.embeddings.patch_embedding.weight"),
    rename("visual.trunk.embeds.proj.bias", "vision_model.embeddings.patch_embedding.bias"),
    rename("visual.trunk.embeds.pos_embed", "vision_model.embeddings.position_embedding.weight",
           TensorLayout::grid),
    rename("visual.trunk.norm_pre.weight", "vision_model.pre_layrnorm.weight"),
    rename("visual.trunk.norm_pre.bias", "vision_model.pre_layrnorm.bias"),
    rename("visual.trunk.norm.weight", "vision_model.post_layernorm.weight"),
    rename("visual.trunk.norm.bias", "vision_model.post_layernorm.bias"),
    rename("visual.trunk.fc_norm.weight", "vision_model.post_layernorm.weight"),
    rename("visual.trunk.fc_norm.bias", "vision_model.post_layernorm.bias"),
    rename("visual.trunk.head.weight", "visual_projection.weight"),
    rename("visual.trunk.head.bias", "visual_projection.bias"),
    rename("visual.head.proj.weight", "visual_projection.weight"),
    rename("visual.head.proj.bias", "visual_projection.bias"),
    rename("visual.trunk.blocks.{}.norm1.weight", "vision_model.encoder.layers.{}.layer_norm1.weight"),
    rename("visual.trunk.blocks.{}.norm1.bias", "vision_model.encoder.layers.{}.layer_norm1.bias"),
    rename("visual.trunk.blocks.{}.norm2.weight", "vision_model.encoder.layers.{}.layer_norm2.weight"),
    rename("visual.trunk.blocks.{}.norm2.bias", "vision_model.encoder.layers.{}.layer_norm2.bias"),
    rename("visual.trunk.blocks.{}.attn.proj.weight",
           "vision_model.encoder.layers.{}.self_attn.out_proj.weight"),
    rename("visual.trunk.blocks.{}.attn.proj.bias", "vision_model.encoder.layers.{}.self_attn.out_proj.bias"),
    rename("visual.trunk.blocks.{}.mlp.fc1.weight", "vision_model.encoder.layers.{}.mlp.fc1.weight"),
    rename("visual.trunk.blocks.{}.mlp.fc1.bias", "vision_model.encoder.layers.{}.mlp.fc1.bias"),
    rename("visual.trunk.blocks.{}.mlp.fc2.weight", "vision_model.encoder.layers.{}.mlp.fc2.weight"),
    rename("visual.trunk.blocks.{}.mlp.fc2.bias", "vision_model.encoder.layers.{}.mlp.fc2.bias"),
    part("visual.trunk.blocks.{}.attn.qkv.weight", "vision_model.encoder.layers.{}.self_attn.q_proj.weight",
         0, 3),
    part("visual.trunk.blocks.{}.attn.qkv.weight", "vision_model.encoder.layers.{}.self_attn.k_proj.weight",
         1, 3),
    part("visual.trunk.blocks.{}.attn.qkv.weight", "vision_model.encoder.layers.{}.self_attn.v_proj.weight",
         2, 3),
    part("visual.trunk.blocks.{}.attn.qkv.bias", "vision_model.encoder.layers.{}.self_attn.q_proj.bias", 0,
         3),
    part("visual.trunk.blocks.{}.attn.qkv.bias", "vision_model.encoder.layers.{}.self_attn.k_proj.bias", 1,
         3),
    part("visual.trunk.blocks.{}.attn.qkv.bias", "vision_model.encoder.layers.{}.self_attn.v_proj.bias", 2,
         3),
    rename("visual.trunk.blocks.{}.attn.q_proj.weight",
           "vision_model.encoder.layers.{}.self_attn.q_proj.weight"),
    rename("visual.trunk.blocks.{}.attn.q_proj.bias", "vision_model.encoder.layers.{}.self_attn.q_proj.bias"),
    rename("visual.trunk.blocks.{}.attn.k_proj.weight",
           "vision_model.encoder.layers.{}.self_attn.k_proj.weight"),
    rename("visual.trunk.blocks.{}.attn.v_proj.weight",
           "vision_model.encoder.layers.{}.self_attn.v_proj.weight"),
    rename("visual.trunk.blocks.{}.attn.v_proj.bias", "vision_model.encoder.layers.{}.self_attn.v_proj.bias"),
    rename("visual.trunk.blocks.{}.attn.q_bias", "vision_model.encoder.layers.{}.self_attn.q_proj.bias"),
    rename("visual.trunk.blocks.{}.attn.v_bias", "vision_model.encoder.layers.{}.self_attn.v_proj.bias"),
    rename("visual.trunk.blocks.{}.attn.norm.weight", "vision_model.encoder.layers.{}.self_attn.norm.weight"),
    rename("visual.trunk.blocks.{}.attn.norm.bias", "vision_model.encoder.layers.{}.self_attn.norm.bias"),
    rename("visual.trunk.blocks.{}.mlp.fc1_g.weight", "vision_model.encoder.layers.{}.mlp.gate.weight"),
    rename("visual.trunk.blocks.{}.mlp.fc1_g.bias", "vision_model.encoder.layers.{}.mlp.gate.bias"),
    rename("visual.trunk.blocks.{}.mlp.fc1_x.weight", "vision_model.encoder.layers.{}.mlp.fc1.weight"),
    rename("visual.trunk.blocks.{}.mlp.fc1_x.bias", "vision_model.encoder.layers.{}.mlp.fc1.bias"),
    rename("visual.trunk.blocks.{}.mlp.norm.weight", "vision_model.encoder.layers.{}.mlp.norm.weight"),
    rename("visual.trunk.blocks.{}.mlp.norm.bias", "vision_model.encoder.layers.{}.mlp.norm.bias"),
    rename("visual.trunk.attn_pool.latent", "vision_model.head.probe"),
    rename("visual.trunk.attn_pool.q.weight", "vision_model.head.attention.q_proj.weight"),
    part("visual.trunk.attn_pool.kv.weight", "vision_model.head.attention.k_proj.weight", 0, 2),
    part("visual.trunk.attn_pool.kv.weight", "vision_model.head.attention.v_proj.weight", 1, 2),
    rename("visual.trunk.attn_pool.proj.weight", "vision_model.head.attention.out_proj.weight"),
    rename("visual.trunk.attn_pool.norm.weight", "vision_model.head.layernorm.weight"),
    rename("visual.trunk.attn_pool.mlp.fc1.weight", "vision_model.head.mlp.fc1.weight"),
    rename("visual.trunk.attn_pool.mlp.fc2.weight", "vision_model.head.mlp.fc2.weight"),
    rename("visual.trunk.attn_pool.q.bias", "vision_model.head.attention.q_proj.bias"),
    part("visual.trunk.attn_pool.kv.bias", "vision_model.head.attention.k_proj.bias", 0, 2),
    part("visual.trunk.attn_pool.kv.bias", "vision_model.head.attention.v_proj.bias", 1, 2),
    rename("visual.trunk.attn_pool.proj.bias", "vision_model.head.attention.out_proj.bias"),
    rename("visual.trunk.attn_pool.norm.bias", "vision_model.head.layernorm.bias"),
    rename("visual.trunk.attn_pool.mlp.fc1.bias", "vision_model.head.mlp.fc1.bias"),
    rename("visual.trunk.attn_pool.mlp.fc2.bias", "vision_model.head.mlp.fc2.bias"),
};

}  // namespace

std::span<const NameRule> timm_rules() { return kRules; }

}  // namespace sightline
