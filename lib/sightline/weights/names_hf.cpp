// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sightline/weights/names.h"
#include "sightline/weights/names_bert.h"

namespace sightline {
namespace {

// The embeddings of a tower that is saved alone: transformers 5 leaves out its prefix.
constexpr std::string_view kTokens = "embeddings.token_embedding.", kPatches = "embeddings.patch_embedding.";
// In AltCLIP's text tower, whose embeddings are those of a RoBERTa.
constexpr std::string_view kAltCLIP = "pre_LN.";

constexpr std::array<std::string_view, 10> kMarkers = {
    "text_model.", "vision_model.", "text_projection.",      "visual_projection.", "logit_scale",
    kTokens,       kPatches,        "LinearTransformation.", kTransformerModule,   kAltCLIP};
constexpr std::array<std::string_view, 9> kTowerParts = {
    "embeddings.", "encoder.", "pre_layrnorm.", "post_layernorm.", "final_layer_norm.",
    "head.",       kAltCLIP,   "roberta.",      "transformation."};

bool starts_with_any(std::string_view name, std::span<const std::string_view> prefixes) {
  return std::ranges::any_of(prefixes, [&](std::string_view prefix) { return name.starts_with(prefix); });
}

// Adds the prefix of the tower to the names of a tower that was saved alone.
Weights with_tower_prefix(Weights weights) {
  const std::vector<std::string> names = weights.names();
  const auto has = [&](std::string_view embedding) {
    return std::ranges::any_of(names, [&](std::string_view name) { return name.starts_with(embedding); });
  };
  const bool texts = has(kTokens) || has(kAltCLIP);
  if (texts == has(kPatches)) return weights;  // neither, or the file of another program
  const std::string prefix = texts ? "text_model." : "vision_model.";
  Weights result;
  for (const std::string& name : names)
    result.add(starts_with_any(name, kTowerParts) ? prefix + name : name, weights.extract(name));
  result.merge(std::move(weights));  // contains no tensors any more, but owns their bytes
  return result;
}

constexpr NameRule same(std::string_view name) { return {name, name}; }
constexpr NameRule drop(std::string_view name) { return {name, "", TensorLayout::drop}; }

constexpr NameRule third(std::string_view name, std::string_view canonical, std::int64_t part) {
  return {name, canonical, TensorLayout::part, part, 3};
}

// Source: transformers 5, models/clip/modeling_clip.py, including its spelling `pre_layrnorm`, and
// models/siglip/modeling_siglip.py, whose attention pooling stacks q, k and v. `position_ids` are buffers of
// versions before 4.31.
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
    same("logit_bias"),
    same("text_model.head.weight"),
    same("text_model.head.bias"),
    same("vision_model.embeddings.patch_embedding.bias"),
    same("vision_model.head.probe"),
    third("vision_model.head.attention.in_proj_weight", "vision_model.head.attention.q_proj.weight", 0),
    third("vision_model.head.attention.in_proj_weight", "vision_model.head.attention.k_proj.weight", 1),
    third("vision_model.head.attention.in_proj_weight", "vision_model.head.attention.v_proj.weight", 2),
    third("vision_model.head.attention.in_proj_bias", "vision_model.head.attention.q_proj.bias", 0),
    third("vision_model.head.attention.in_proj_bias", "vision_model.head.attention.k_proj.bias", 1),
    third("vision_model.head.attention.in_proj_bias", "vision_model.head.attention.v_proj.bias", 2),
    same("vision_model.head.attention.out_proj.weight"),
    same("vision_model.head.attention.out_proj.bias"),
    same("vision_model.head.layernorm.weight"),
    same("vision_model.head.layernorm.bias"),
    same("vision_model.head.mlp.fc1.weight"),
    same("vision_model.head.mlp.fc1.bias"),
    same("vision_model.head.mlp.fc2.weight"),
    same("vision_model.head.mlp.fc2.bias"),
};

}  // namespace

const NameMap& hf_name_map() {
  static const std::array<std::span<const NameRule>, 5> tables = {chinese_clip_rules(), altclip_rules(),
                                                                  altclip_image_rules(), m_clip_rules(),
                                                                  sentence_transformers_rules()};
  static const NameMap map{Dialect::hf, kMarkers, kRules, with_tower_prefix, tables};
  return map;
}

}  // namespace sightline
