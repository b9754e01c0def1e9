// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/config_openclip_towers.h"

#include <array>
#include <cstdint>
#include <string>

#include "sightline/base/error.h"
#include "sightline/model/hub_towers.h"

namespace sightline {
namespace {

constexpr std::array<std::string_view, 21> kKeys = {
    "context_length",   "vocab_size",          "width",        "heads",          "layers",
    "mlp_ratio",        "norm_kwargs",         "act_kwargs",   "pad_id",         "eos_id",
    "output_tokens",    "no_causal_mask",      "proj_bias",    "pool_type",      "hf_tokenizer_name",
    "tokenizer_kwargs", "hf_model_pretrained", "hf_proj_type", "hf_pooler_type", "final_ln_after_pool",
    "embed_cls"};
constexpr std::array kFixed = {FixedKey{"proj_type", "linear"}};

struct NamedCleaning {
  std::string_view name;
  TextCleaning cleaning;
};
// get_clean_fn of tokenizer.py.
constexpr std::array kCleanings = {
    NamedCleaning{"canonicalize", TextCleaning::siglip}, NamedCleaning{"lower", TextCleaning::openai},
    NamedCleaning{"whitespace", TextCleaning::whitespace},
    NamedCleaning{"whitespace_underscore", TextCleaning::whitespace_underscore}};

TextCleaning cleaning_named(const std::string& name, const std::string& subject) {
  for (const NamedCleaning& entry : kCleanings) {
    if (name == entry.name) return entry.cleaning;
  }
  fail(ErrorCode::unsupported, subject,
       "is \"" + name +
           "\", expected \"canonicalize\", \"lower\", \"whitespace\" or \"whitespace_underscore\"");
}

void read_pooling(const Section& section, TextTowerConfig& config) {
  const std::string pool = section.text("pool_type", "argmax");
  if (pool == "argmax") {
    config.pooling = Pooling::largest_id;
  } else if (pool == "eos") {
    config.pooling = Pooling::first_eos;
    config.eos_token_id = whole_number(section.object()->at("eos_id"), 0, INT32_MAX);
  } else if (pool == "last" && config.mask == Mask::none) {
    config.pooling = Pooling::last;
  } else {
    fail(ErrorCode::unsupported, section.subject("pool_type"),
         "is \"" + pool + "\"" +
             (pool == "last" ? " with a causal mask" : ", expected \"argmax\", \"eos\" or \"last\""));
  }
}

}  // namespace

TextTowerConfig openclip_text_tower(const Section& section, bool quick_gelu) {
  check_keys(section, {kKeys, kFixed});
  TextTowerConfig config;
  config.encoder = openclip_encoder(section, section.integer("width", 512, 1, kMaxWidth), quick_gelu);
  config.encoder.heads = section.integer("heads", 8, 1, kMaxWidth);
  check_heads(config.encoder, section.subject("heads"));
  config.vocabulary_size = section.integer("vocab_size", 49408, 1, kMaxVocabulary);
  config.context_length = section.integer("context_length", 77, 2, kMaxContext);
  const std::int64_t pad_id = section.integer("pad_id", 0, 0, config.vocabulary_size - 1);
  // All positions attend to each other, also to the padding.
  if (section.boolean("no_causal_mask", false)) {
    config.mask = Mask::none;
    config.pad_id = pad_id;
  }
  // The class embedding replaces the pooling.
  if (section.boolean("embed_cls", false)) {
    config.pooling = Pooling::class_token;
    config.pad_id = pad_id;
  } else {
    read_pooling(section, config);
  }
  if (section.boolean("proj_bias", false)) config.projection = {"text_model.head", true};
  return config;
}

TokenizerRule openclip_tokenizer(const Section& section) {
  const Section settings = section.section("tokenizer_kwargs");
  constexpr std::array<std::string_view, 2> kSettings = {"clean", "strip_sep_token"};
  check_keys(settings, {kSettings});
  const std::string clean = settings.text("clean", "");
  TokenizerRule rule;
  const std::string name = section.text("hf_tokenizer_name", "");
  if (!name.empty() || section.find("hf_model_name")) {
    rule.source = TokenizerSource::openclip;
    // Beside a vocabulary alone, nothing else states the class.
    if (const HubTower* tower = find_hub_tower(name); tower != nullptr) rule.class_name = tower->tokenizer;
    rule.cleaning = TextCleaning::whitespace;
    rule.drops_end = settings.boolean("strip_sep_token", false);
  } else if (settings.find("strip_sep_token")) {
    fail(ErrorCode::unsupported, settings.subject("strip_sep_token"), "is set for CLIP's tokenizer");
  }
  if (!clean.empty()) rule.cleaning = cleaning_named(clean, settings.subject("clean"));
  return rule;
}

}  // namespace sightline
