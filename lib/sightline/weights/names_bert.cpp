// SPDX-License-Identifier: Apache-2.0
#include "sightline/weights/names_bert.h"

#include <array>

namespace sightline {
namespace {

constexpr NameRule rename(std::string_view name, std::string_view canonical) { return {name, canonical}; }
constexpr NameRule same(std::string_view name) { return {name, name}; }
constexpr NameRule drop(std::string_view name) { return {name, "", TensorLayout::drop}; }

// Source: transformers 5, models/bert/modeling_bert.py and models/xlm_roberta/modeling_xlm_roberta.py.
// `position_ids` and `token_type_ids` are buffers of versions before 4.31.
constexpr std::array kTower = {
    rename("embeddings.word_embeddings.weight", "text_model.embeddings.token_embedding.weight"),
    rename("embeddings.position_embeddings.weight", "text_model.embeddings.position_embedding.weight"),
    rename("embeddings.token_type_embeddings.weight", "text_model.embeddings.token_type_embedding.weight"),
    rename("embeddings.LayerNorm.weight", "text_model.embeddings.layer_norm.weight"),
    rename("embeddings.LayerNorm.bias", "text_model.embeddings.layer_norm.bias"),
    drop("embeddings.position_ids"),
    drop("embeddings.token_type_ids"),
    drop("pooler.dense.weight"),
    drop("pooler.dense.bias"),
};
constexpr std::array kLayer = {
    rename("attention.self.query.weight", "text_model.encoder.layers.{}.self_attn.q_proj.weight"),
    rename("attention.self.query.bias", "text_model.encoder.layers.{}.self_attn.q_proj.bias"),
    rename("attention.self.key.weight", "text_model.encoder.layers.{}.self_attn.k_proj.weight"),
    rename("attention.self.key.bias", "text_model.encoder.layers.{}.self_attn.k_proj.bias"),
    rename("attention.self.value.weight", "text_model.encoder.layers.{}.self_attn.v_proj.weight"),
    rename("attention.self.value.bias", "text_model.encoder.layers.{}.self_attn.v_proj.bias"),
    rename("attention.output.dense.weight", "text_model.encoder.layers.{}.self_attn.out_proj.weight"),
    rename("attention.output.dense.bias", "text_model.encoder.layers.{}.self_attn.out_proj.bias"),
    rename("attention.output.LayerNorm.weight", "text_model.encoder.layers.{}.layer_norm1.weight"),
    rename("attention.output.LayerNorm.bias", "text_model.encoder.layers.{}.layer_norm1.bias"),
    rename("intermediate.dense.weight", "text_model.encoder.layers.{}.mlp.fc1.weight"),
    rename("intermediate.dense.bias", "text_model.encoder.layers.{}.mlp.fc1.bias"),
    rename("output.dense.weight", "text_model.encoder.layers.{}.mlp.fc2.weight"),
    rename("output.dense.bias", "text_model.encoder.layers.{}.mlp.fc2.bias"),
    rename("output.LayerNorm.weight", "text_model.encoder.layers.{}.layer_norm2.weight"),
    rename("output.LayerNorm.bias", "text_model.encoder.layers.{}.layer_norm2.bias"),
};

// Source: transformers 5, models/altclip/modeling_altclip.py.
constexpr std::array kAltCLIP = {
    same("text_model.transformation.weight"),
    same("text_model.transformation.bias"),
    rename("text_model.pre_LN.weight", "text_model.final_layer_norm.weight"),
    rename("text_model.pre_LN.bias", "text_model.final_layer_norm.bias"),
};

// transformers 5 saves AltCLIP's image tower with the text tower's name of a block, `encoder.layer`.
constexpr std::array kImageLayer = {
    rename("layer_norm1.weight", "vision_model.encoder.layers.{}.layer_norm1.weight"),
    rename("layer_norm1.bias", "vision_model.encoder.layers.{}.layer_norm1.bias"),
    rename("layer_norm2.weight", "vision_model.encoder.layers.{}.layer_norm2.weight"),
    rename("layer_norm2.bias", "vision_model.encoder.layers.{}.layer_norm2.bias"),
    rename("mlp.fc1.weight", "vision_model.encoder.layers.{}.mlp.fc1.weight"),
    rename("mlp.fc1.bias", "vision_model.encoder.layers.{}.mlp.fc1.bias"),
    rename("mlp.fc2.weight", "vision_model.encoder.layers.{}.mlp.fc2.weight"),
    rename("mlp.fc2.bias", "vision_model.encoder.layers.{}.mlp.fc2.bias"),
    rename("self_attn.k_proj.weight", "vision_model.encoder.layers.{}.self_attn.k_proj.weight"),
    rename("self_attn.k_proj.bias", "vision_model.encoder.layers.{}.self_attn.k_proj.bias"),
    rename("self_attn.out_proj.weight", "vision_model.encoder.layers.{}.self_attn.out_proj.weight"),
    rename("self_attn.out_proj.bias", "vision_model.encoder.layers.{}.self_attn.out_proj.bias"),
    rename("self_attn.q_proj.weight", "vision_model.encoder.layers.{}.self_attn.q_proj.weight"),
    rename("self_attn.q_proj.bias", "vision_model.encoder.layers.{}.self_attn.q_proj.bias"),
    rename("self_attn.v_proj.weight", "vision_model.encoder.layers.{}.self_attn.v_proj.weight"),
    rename("self_attn.v_proj.bias", "vision_model.encoder.layers.{}.self_attn.v_proj.bias"),
};

// Source: FreddeFrallan/Multilingual-CLIP, pt_multilingual_clip.py.
constexpr std::array kMCLIP = {
    rename("LinearTransformation.weight", "text_projection.weight"),
    rename("LinearTransformation.bias", "text_projection.bias"),
};

// Source: transformers 5, models/distilbert/modeling_distilbert.py.
constexpr std::array kDistilBertTower = {
    rename("embeddings.word_embeddings.weight", "text_model.embeddings.token_embedding.weight"),
    rename("embeddings.position_embeddings.weight", "text_model.embeddings.position_embedding.weight"),
    rename("embeddings.LayerNorm.weight", "text_model.embeddings.layer_norm.weight"),
    rename("embeddings.LayerNorm.bias", "text_model.embeddings.layer_norm.bias"),
    drop("embeddings.position_ids"),
};
constexpr std::array kDistilBertLayer = {
    rename("attention.q_lin.weight", "text_model.encoder.layers.{}.self_attn.q_proj.weight"),
    rename("attention.q_lin.bias", "text_model.encoder.layers.{}.self_attn.q_proj.bias"),
    rename("attention.k_lin.weight", "text_model.encoder.layers.{}.self_attn.k_proj.weight"),
    rename("attention.k_lin.bias", "text_model.encoder.layers.{}.self_attn.k_proj.bias"),
    rename("attention.v_lin.weight", "text_model.encoder.layers.{}.self_attn.v_proj.weight"),
    rename("attention.v_lin.bias", "text_model.encoder.layers.{}.self_attn.v_proj.bias"),
    rename("attention.out_lin.weight", "text_model.encoder.layers.{}.self_attn.out_proj.weight"),
    rename("attention.out_lin.bias", "text_model.encoder.layers.{}.self_attn.out_proj.bias"),
    rename("sa_layer_norm.weight", "text_model.encoder.layers.{}.layer_norm1.weight"),
    rename("sa_layer_norm.bias", "text_model.encoder.layers.{}.layer_norm1.bias"),
    rename("ffn.lin1.weight", "text_model.encoder.layers.{}.mlp.fc1.weight"),
    rename("ffn.lin1.bias", "text_model.encoder.layers.{}.mlp.fc1.bias"),
    rename("ffn.lin2.weight", "text_model.encoder.layers.{}.mlp.fc2.weight"),
    rename("ffn.lin2.bias", "text_model.encoder.layers.{}.mlp.fc2.bias"),
    rename("output_layer_norm.weight", "text_model.encoder.layers.{}.layer_norm2.weight"),
    rename("output_layer_norm.bias", "text_model.encoder.layers.{}.layer_norm2.bias"),
};

// Source: sentence-transformers 6, base/modules/dense.py.
constexpr std::array kDense = {
    rename("linear.weight", "text_projection.weight"),
    rename("linear.bias", "text_projection.bias"),
};

// Source: open_clip hf_model.py (HFTextEncoder); `proj` is a Linear or a Sequential.
constexpr std::array kOpenCLIP = {
    rename("proj.weight", "text_projection.weight"),
    rename("proj.0.weight", "text_model.transformation.weight"),
    rename("proj.2.weight", "text_projection.weight"),
};

}  // namespace

void PrefixedRules::add(std::string_view prefix, std::span<const NameRule> table) {
  for (NameRule rule : table) {
    patterns_.push_back(std::string(prefix).append(rule.pattern));
    rule.pattern = patterns_.back();
    rules_.push_back(rule);
  }
}

void PrefixedRules::add_bert(std::string_view prefix) {
  add(prefix, kTower);
  add(std::string(prefix) + "encoder.layer.{}.", kLayer);
}

std::span<const NameRule> chinese_clip_rules() {
  static const PrefixedRules rules = [] {
    PrefixedRules result;
    result.add_bert("text_model.");
    return result;
  }();
  return rules.rules();
}

std::span<const NameRule> altclip_rules() {
  static const PrefixedRules rules = [] {
    PrefixedRules result;
    result.add_bert("text_model.roberta.");
    result.add("text_model.roberta.encoder.layers.{}.", kLayer);  // AltCLIPModel's names in memory
    result.add("", kAltCLIP);
    return result;
  }();
  return rules.rules();
}

std::span<const NameRule> altclip_image_rules() {
  static const PrefixedRules rules = [] {
    PrefixedRules result;
    result.add("vision_model.encoder.layer.{}.", kImageLayer);
    return result;
  }();
  return rules.rules();
}

std::span<const NameRule> m_clip_rules() {
  static const PrefixedRules rules = [] {
    PrefixedRules result;
    result.add_bert("transformer.");
    result.add("", kMCLIP);
    return result;
  }();
  return rules.rules();
}

std::span<const NameRule> sentence_transformers_rules() {
  static const PrefixedRules rules = [] {
    PrefixedRules result;
    const std::string transformer(kTransformerModule);
    result.add(transformer, kDistilBertTower);
    result.add(transformer + "transformer.layer.{}.", kDistilBertLayer);
    result.add(kDenseModule, kDense);
    return result;
  }();
  return rules.rules();
}

std::span<const NameRule> openclip_bert_rules() {
  static const PrefixedRules rules = [] {
    PrefixedRules result;
    result.add_bert("transformer.");
    result.add("", kOpenCLIP);
    return result;
  }();
  return rules.rules();
}

}  // namespace sightline
