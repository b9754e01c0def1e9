// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/config.h"

#include <array>
#include <optional>
#include <span>
#include <string>

#include "sightline/base/error.h"
#include "sightline/model/config_section.h"

namespace sightline {
namespace {

// In transformers 5 (ModelConfig.__post_init__) a legacy `text_config_dict` overrides `text_config`. Keys
// that it lacks get the class defaults, which override as well, so it replaces the whole section.
Section tower_section(const Json& root, std::string_view name) {
  for (const std::string& key : {std::string(name) + "_dict", std::string(name)}) {
    const std::optional<Json> value = root.find(key);
    if (!value || value->is_null()) continue;
    if (!value->is_object()) fail(ErrorCode::type, value->path(), "is not an object");
    return Section(value);
  }
  return Section(std::nullopt);
}

[[noreturn]] void fail_type(const Json& type) {
  fail(ErrorCode::unsupported, type.path(),
       "is \"" + std::string(type.as_string()) + "\", expected \"clip\"");
}

void check_model_type(const Json& root) {
  const std::optional<Json> type = root.find("model_type");
  const bool has_towers =
      root.find("text_config") || root.find("text_config_dict") || root.find("vision_config");
  if (type && type->as_string() != "clip") fail_type(*type);
  if (!type && !has_towers) fail(ErrorCode::missing, root.path(), "has neither model_type nor text_config");
}

// With this key transformers quantizes the weights as it loads them, which changes the results.
void check_not_quantized(const Json& root) {
  const std::optional<Json> value = root.find("quantization_config");
  if (!value || value->is_null()) return;
  const std::string method = Section(value).text("quant_method", "an unnamed method");
  fail(ErrorCode::unsupported, value->path(),
       "requests weights quantized with " + method + ", expected unquantized weights");
}

// Rejects a tower of another kind than CLIP's, by the model_type of its section.
void check_tower_type(const Section& section, std::string_view expected) {
  const std::string type = section.text("model_type", expected);
  if (type == expected || type == "clip" || type.empty()) return;
  fail(ErrorCode::unsupported, section.subject("model_type"),
       "is \"" + type + "\", expected \"" + std::string(expected) + "\"");
}

// Rejects nulls that transformers rejects too; a default value would hide them.
void check_no_null(const Section& section, std::span<const std::string_view> keys) {
  if (!section.object()) return;
  for (const std::string_view key : keys) {
    const std::optional<Json> value = section.object()->find(key);
    if (value && value->is_null()) fail(ErrorCode::type, value->path(), "is null, expected a value");
  }
}

constexpr std::array<std::string_view, 6> kEncoderKeys = {"hidden_size",       "num_attention_heads",
                                                          "intermediate_size", "num_hidden_layers",
                                                          "hidden_act",        "layer_norm_eps"};
constexpr std::array<std::string_view, 3> kVisionKeys = {"image_size", "patch_size", "num_channels"};
constexpr std::array<std::string_view, 2> kTextKeys = {"vocab_size", "max_position_embeddings"};
constexpr std::array<std::string_view, 1> kTopKeys = {"projection_dim"};

struct EncoderDefaults {
  std::int64_t width, heads, mlp_width;
};

EncoderConfig read_encoder(const Section& section, const EncoderDefaults& defaults) {
  check_no_null(section, kEncoderKeys);
  EncoderConfig config;
  config.width = section.integer("hidden_size", defaults.width, 1, kMaxWidth);
  config.heads = section.integer("num_attention_heads", defaults.heads, 1, kMaxWidth);
  config.mlp_width = section.integer("intermediate_size", defaults.mlp_width, 1, kMaxMlpWidth);
  config.layers = section.integer("num_hidden_layers", 12, 1, kMaxLayers);
  config.epsilon = static_cast<float>(section.fraction("layer_norm_eps", 1e-5));
  config.activation = activation_of(section.text("hidden_act", "quick_gelu"), section.subject("hidden_act"));
  check_heads(config, section.subject("num_attention_heads"));
  return config;
}

ImageTowerConfig read_vision(const Section& section) {
  check_tower_type(section, "clip_vision_model");
  check_no_null(section, kVisionKeys);
  ImageTowerConfig config;
  config.encoder = read_encoder(section, {768, 12, 3072});
  config.image_size = section.side("image_size", 224);
  config.patch_size = section.side("patch_size", 32);
  config.channels = section.integer("num_channels", 3, 1, 4096);
  if (config.channels != 3) {
    fail(ErrorCode::unsupported, section.subject("num_channels"),
         "is " + std::to_string(config.channels) + ", expected 3");
  }
  check_patch(config, section.subject("patch_size"));
  return config;
}

// A null does not mean the default: transformers' text tower fails with it, as it does with a list. Whether
// the id is valid depends on the tokenizer, so it is checked later. Legacy configs give 2, which is not the
// end of a text: transformers then pools at the largest id (CLIPTextTransformer.forward).
void read_end(const Section& section, TextTowerConfig& config) {
  constexpr std::int64_t kLegacyEos = 2;
  const std::optional<Json> value = section.object() ? section.object()->find("eos_token_id") : std::nullopt;
  if (!value) return;
  if (!value->is_number()) {
    fail(ErrorCode::type, value->path(),
         value->is_null() ? "is null, expected a token id" : "is not an integer");
  }
  config.eos_token_id = whole_number(*value, 0, INT32_MAX);
  if (config.eos_token_id == kLegacyEos) config.pooling = Pooling::largest_id;
}

TextTowerConfig read_text(const Section& section) {
  check_tower_type(section, "clip_text_model");
  check_no_null(section, kTextKeys);
  TextTowerConfig config;
  config.encoder = read_encoder(section, {512, 8, 2048});
  config.vocabulary_size = section.integer("vocab_size", 49408, 1, kMaxVocabulary);
  config.context_length = section.integer("max_position_embeddings", 77, 2, kMaxContext);
  read_end(section, config);
  return config;
}

}  // namespace

void check_clip_inputs(const ModelConfig& config, std::string_view subject) {
  const TextTowerConfig& text = config.text;
  if (config.vision.channels != 3) {
    fail(ErrorCode::unsupported, subject,
         "cannot express images of " + std::to_string(config.vision.channels) + " channels");
  }
  if (text.vocabulary_size != kClipVocabulary) {
    fail(ErrorCode::unsupported, subject,
         "cannot express a vocabulary of " + std::to_string(text.vocabulary_size) + " tokens, only CLIP's " +
             std::to_string(kClipVocabulary));
  }
  if (text.pooling != Pooling::largest_id && text.eos_token_id != kClipVocabulary - 1) {
    fail(ErrorCode::unsupported, subject,
         "cannot express the pooled token " + std::to_string(text.eos_token_id) +
             ", only the one with the largest id");
  }
}

ModelConfig ModelConfig::from_json(std::string_view text, std::string_view subject) {
  const JsonDocument document(text, subject);
  const Json root = document.root();
  if (!root.is_object()) fail(ErrorCode::header, subject, "is not a JSON object");
  check_model_type(root);
  check_not_quantized(root);
  check_no_null(Section{std::optional<Json>(root)}, kTopKeys);
  ModelConfig config;
  config.vision = read_vision(tower_section(root, "vision_config"));
  config.text = read_text(tower_section(root, "text_config"));
  config.projection_dim = Section{std::optional<Json>(root)}.integer("projection_dim", 512, 1, kMaxWidth);
  config.tokenizer_class = Section{std::optional<Json>(root)}.text("tokenizer_class", "");
  return config;
}

void check_model_type(std::string_view text, std::string_view subject) {
  const JsonDocument document(text, subject);
  const Json root = document.root();
  const std::optional<Json> type = root.is_object() ? root.find("model_type") : std::nullopt;
  if (!type || !type->is_string()) return;
  const std::string_view name = type->as_string();
  if (name != "clip" && name != "clip_text_model" && name != "clip_vision_model") fail_type(*type);
}

PreprocessorConfig PreprocessorConfig::defaults(std::int64_t image_size) {
  PreprocessorConfig config;
  const auto side = static_cast<std::int32_t>(image_size);
  config.pipeline.height = config.pipeline.width = side;
  config.pipeline.crop_height = config.pipeline.crop_width = side;
  return config;
}

}  // namespace sightline
