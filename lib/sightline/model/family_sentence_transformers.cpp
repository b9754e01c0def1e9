// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/model/sentence_modules.h"
#include "sightline/model/transformers_config.h"
#include "sightline/weights/names_bert.h"

namespace sightline {
namespace {

constexpr std::string_view kDistilBert = "distilbert", kEmbedding = "sentence_embedding";

bool recognizes(const Json& root) {
  const std::optional<Json> type = root.find("model_type");
  return type && type->as_string() == kSentenceTransformers;
}

void require(const Section& section, std::string_view key, std::string_view expected,
             std::string_view fallback) {
  const std::string value = section.text(key, fallback);
  if (value == expected) return;
  fail(ErrorCode::unsupported, section.subject(key),
       "is \"" + value + "\", expected \"" + std::string(expected) + "\"");
}
void require_false(const Section& section, std::string_view key) {
  if (section.boolean(key, false))
    fail(ErrorCode::unsupported, section.subject(key), "is true, expected false");
}

// DistilBertConfig
TextTowerConfig read_transformer(const Section& section) {
  check_tower_type(section, kDistilBert, kDistilBert);
  check_no_null(section, {"dim", "n_heads", "hidden_dim", "n_layers", "activation", "vocab_size",
                          "max_position_embeddings"});
  TextTowerConfig config;
  EncoderConfig& encoder = config.encoder;
  encoder.width = section.integer("dim", 768, 1, kMaxWidth);
  encoder.heads = section.integer("n_heads", 12, 1, kMaxWidth);
  encoder.mlp_width = section.integer("hidden_dim", 3072, 1, kMaxMlpWidth);
  encoder.layers = section.integer("n_layers", 6, 1, kMaxLayers);
  encoder.epsilon = 1e-12F;
  encoder.activation = activation_of(section.text("activation", "gelu"), section.subject("activation"));
  encoder.norm_order = NormOrder::after;
  check_heads(encoder, section.subject("n_heads"));
  config.mask = Mask::none;
  config.vocabulary_size = 30522;
  config.context_length = 512;
  read_vocabulary(section, config);
  config.embedding_norm = true;
  config.final_norm = false;
  return config;
}

std::string joined(const std::vector<std::string>& modes) {
  std::string words;
  for (const std::string& mode : modes) words += (words.empty() ? "" : ", ") + mode;
  return words;
}

// "pooling_mode" is a name or a list; before version 6, every mode had a flag of its own.
void check_pooling(const Section& section, std::int64_t width) {
  constexpr std::string_view kMode = "pooling_mode", kMean = "mean";
  std::vector<std::string> modes;
  bool has_flags = false;
  const std::optional<Json> value = section.find(kMode);
  if (value && value->is_array()) {
    value->for_each_element([&](const Json& mode) { modes.emplace_back(mode.as_string()); });
  } else if (value) {
    modes.emplace_back(value->as_string());
  } else if (section.object()) {
    section.object()->for_each_member([&](std::string_view key, const Json& flag) {
      if (!key.starts_with(kMode)) return;
      has_flags = true;
      if (flag.is_null() || !flag.as_bool()) return;
      modes.emplace_back(key == "pooling_mode_mean_tokens" ? kMean : key);
    });
  }
  const bool chosen = modes.empty() ? !has_flags : modes.size() == 1 && modes[0] == kMean;
  if (!chosen) {
    fail(ErrorCode::unsupported, section.subject(kMode),
         "is " + (modes.empty() ? "no mode" : joined(modes)) + ", expected the mean of all tokens");
  }
  for (const std::string_view key : {"word_embedding_dimension", "embedding_dimension"}) {
    const std::int64_t size = section.integer(key, width, 1, kMaxWidth);
    if (size == width) continue;
    fail(ErrorCode::mismatch, section.subject(key),
         "is " + std::to_string(size) + ", but the transformer is " + std::to_string(width) + " wide");
  }
}

// sentence_embedding = linear(sentence_embedding)
void read_dense(const Section& section, ModelConfig& config) {
  require(section, "activation_function", "torch.nn.modules.linear.Identity",
          "torch.nn.modules.activation.Tanh");
  require(section, "module_input_name", kEmbedding, kEmbedding);
  require(section, "module_output_name", kEmbedding, kEmbedding);
  require_false(section, "use_residual");
  check_no_null(section, {"bias"});
  const std::int64_t width = config.text.encoder.width;
  const std::int64_t in = section.integer("in_features", width, 1, kMaxWidth);
  if (in != width) {
    fail(ErrorCode::mismatch, section.subject("in_features"),
         "is " + std::to_string(in) + ", but the transformer is " + std::to_string(width) + " wide");
  }
  config.projection_dim = section.integer("out_features", width, 1, kMaxWidth);
  config.text.projection = {"text_projection", section.boolean("bias", true)};
}

// Texts are cut at `max_seq_length`; without it at the positions of the transformer.
void read_settings(const Section& section, TextTowerConfig& config) {
  require_false(section, "do_lower_case");
  const std::int64_t positions = config.context_length;
  config.context_length = std::min(positions, section.integer("max_seq_length", positions, 2, kMaxContext));
  config.unused_positions = positions - config.context_length;
}

// A prompt that is put before every text.
void check_prompts(const Section& section) {
  const std::string name = section.text("default_prompt_name", "");
  if (name.empty()) return;
  fail(ErrorCode::unsupported, section.subject("default_prompt_name"),
       "is \"" + name + "\", expected no prompt");
}

ModelConfig read(const Json& root) {
  const Section section{std::optional<Json>(root)};
  const Section transformer = section.section("transformer");
  if (transformer.object()) check_not_quantized(*transformer.object());
  ModelConfig config;
  config.family = &sentence_transformers_family();
  config.has_vision = false;
  config.text = read_transformer(transformer);
  check_pooling(section.section("pooling"), config.text.encoder.width);
  config.text.pooling = Pooling::mean;
  read_dense(section.section("dense"), config);
  read_settings(section.section("sentence_bert_config"), config.text);
  check_prompts(section.section("config_sentence_transformers"));
  config.tokenizer.source = TokenizerSource::transformers;
  config.tokenizer.class_name = transformer.text("tokenizer_class", "DistilBertTokenizer");
  return config;
}

std::string write(const ModelConfig&, std::string_view) {
  fail(ErrorCode::unsupported, "config.json",
       "cannot express a model of sentence-transformers: it describes only one of the modules");
}

}  // namespace

/// sentence-transformers' clip-ViT-B-32-multilingual-v1: a text tower alone, for the images of CLIP's
/// ViT-B/32. Source: sentence-transformers 6, Transformer, Pooling and Dense; transformers' DistilBertModel.
const Family& sentence_transformers_family() {
  static constexpr Family kFamily{
      .name = kSentenceTransformers,
      .title = "sentence-transformers",
      .classes = "DistilBert",
      .tower_types = {kSentenceTransformers, kSentenceTransformers},
      .image_processor = "CLIPImageProcessor",
      .tokenizer = "DistilBertTokenizer",
      .names = sentence_transformers_rules,
      .recognizes = recognizes,
      .read = read,
      .write = write,
  };
  return kFamily;
}

}  // namespace sightline
