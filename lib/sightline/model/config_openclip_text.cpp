// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/config_openclip_towers.h"

#include <array>
#include <string>

#include "sightline/base/error.h"

namespace sightline {
namespace {

constexpr std::array<std::string_view, 13> kTextKeys = {
    "context_length",      "vocab_size",   "width",         "heads",  "layers",
    "mlp_ratio",           "norm_kwargs",  "pad_id",        "eos_id", "output_tokens",
    "hf_model_pretrained", "hf_proj_type", "hf_pooler_type"};
constexpr std::array kFixed = {FixedKey{"pool_type", "argmax"}, FixedKey{"proj_type", "linear"}};

}  // namespace

TextTowerConfig openclip_text_tower(const Section& section, bool quick_gelu) {
  check_keys(section, {kTextKeys, kFixed});
  TextTowerConfig config;
  config.encoder = openclip_encoder(section, section.integer("width", 512, 1, kMaxWidth), quick_gelu);
  config.encoder.heads = section.integer("heads", 8, 1, kMaxWidth);
  check_heads(config.encoder, section.subject("heads"));
  config.vocabulary_size = section.integer("vocab_size", 49408, 1, kMaxVocabulary);
  config.context_length = section.integer("context_length", 77, 2, kMaxContext);
  config.pooling = Pooling::largest_id;
  return config;
}

}  // namespace sightline
