// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <string>

#include "sightline/base/error.h"
#include "sightline/model/config_openclip_towers.h"
#include "sightline/model/hub_towers.h"

namespace sightline {
namespace {

// Those of OpenCLIP's own towers have no effect.
constexpr std::array<std::string_view, 16> kKeys = {"hf_model_name",
                                                    "tokenizer_kwargs",
                                                    "hf_tokenizer_name",
                                                    "hf_model_pretrained",
                                                    "hf_proj_type",
                                                    "hf_pooler_type",
                                                    "hf_model_config",
                                                    "context_length",
                                                    "vocab_size",
                                                    "width",
                                                    "heads",
                                                    "layers",
                                                    "mlp_ratio",
                                                    "pad_id",
                                                    "eos_id",
                                                    "output_tokens"};
constexpr std::array<std::string_view, 12> kOverrides = {
    "hidden_size",     "num_attention_heads", "intermediate_size",   "num_hidden_layers",
    "hidden_act",      "layer_norm_eps",      "vocab_size",          "max_position_embeddings",
    "type_vocab_size", "pad_token_id",        "hidden_dropout_prob", "attention_probs_dropout_prob"};

const HubTower& named_tower(const Section& section) {
  return hub_tower(section.text("hf_model_name", ""), section.subject("hf_model_name"));
}

// A null means None, not the default.
std::string text_or_none(const Section& section, std::string_view key, std::string_view fallback) {
  const std::optional<Json> value = section.object()->find(key);
  return value && value->is_null() ? "" : section.text(key, fallback);
}

// arch_dict: without a name, RoBERTa's rows are averaged, and BERT's first one is pooled. `cls_pooler` is the
// pooler of BERT itself, a layer with a tanh.
Pooling read_pooling(const Section& section, bool roberta) {
  const std::string pooler = text_or_none(section, "hf_pooler_type", "mean_pooler");
  if (pooler == "mean_pooler" || (pooler.empty() && roberta)) return Pooling::mean;
  if (pooler == "cls_last_hidden_state_pooler" || pooler.empty()) return Pooling::first;
  fail(ErrorCode::unsupported, section.subject("hf_pooler_type"),
       "is \"" + pooler + "\", expected \"mean_pooler\" or \"cls_last_hidden_state_pooler\"");
}

ProjectionConfig read_projection(const Section& section, std::int64_t width, std::int64_t size) {
  const std::string proj = text_or_none(section, "hf_proj_type", "mlp");
  ProjectionConfig config{"text_projection"};
  if (proj == "mlp") {
    config.hidden = HiddenProjection{
        .name = "text_model.transformation", .units = (width + size) / 2, .activation = Activation::gelu};
  } else if (proj.empty() && width == size) {
    return {};
  } else if (proj != "linear") {
    fail(ErrorCode::unsupported, section.subject("hf_proj_type"),
         "is \"" + proj + "\", expected \"mlp\" or \"linear\"");
  }
  return config;
}

}  // namespace

TextTowerConfig openclip_hub_text_tower(const Section& section, std::int64_t projection_dim) {
  check_keys(section, {kKeys});
  const Section overrides = section.section("hf_model_config");
  check_keys(overrides, {kOverrides});
  const BertDefaults& defaults = named_tower(section).defaults;
  TextTowerConfig config = read_bert_tower(overrides, defaults);
  config.pooling = read_pooling(section, defaults.padding.has_value());
  config.projection = read_projection(section, config.encoder.width, projection_dim);
  const std::int64_t context = section.integer("context_length", 77, 2, kMaxContext);
  config.unused_positions = config.context_length - context;
  config.context_length = context;
  if (config.unused_positions < 0) {
    fail(ErrorCode::range, section.subject("context_length"),
         "is " + std::to_string(context) + ", but a text of \"" + section.text("hf_model_name", "") +
             "\" has at most " + std::to_string(context + config.unused_positions) + " tokens");
  }
  return config;
}

std::string_view openclip_hub_tokenizer(const Section& section) { return named_tower(section).tokenizer; }

}  // namespace sightline
