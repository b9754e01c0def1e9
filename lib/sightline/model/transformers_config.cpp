// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/transformers_config.h"

#include <optional>
#include <string>

#include "sightline/base/error.h"

namespace sightline {

// In transformers 5 (CLIPConfig.__post_init__) a legacy `text_config_dict` overrides `text_config`. Keys that
// it lacks get the class defaults, which override as well, so it replaces the whole section.
Section tower_section(const Json& root, std::string_view name) {
  for (const std::string& key : {std::string(name) + "_dict", std::string(name)}) {
    const std::optional<Json> value = root.find(key);
    if (!value || value->is_null()) continue;
    if (!value->is_object()) fail(ErrorCode::type, value->path(), "is not an object");
    return Section(value);
  }
  return Section(std::nullopt);
}

TowerSections tower_sections(const Json& root, const Family& family) {
  const std::optional<Json> type = root.find("model_type");
  const std::string_view name = type ? type->as_string() : std::string_view();
  if (name == family.tower_types[0]) return {std::nullopt, Section(root)};
  if (name == family.tower_types[1]) return {Section(root), std::nullopt};
  return {tower_section(root, "vision_config"), tower_section(root, "text_config")};
}

bool has_architecture(const Json& root, std::string_view suffix) {
  const std::optional<Json> value = root.find("architectures");
  if (!value || value->is_null()) return false;
  if (!value->is_array()) fail(ErrorCode::type, value->path(), "is not an array");
  bool found = false;
  value->for_each_element([&](const Json& name) { found = found || name.as_string().ends_with(suffix); });
  return found;
}

void check_not_quantized(const Json& root) {
  const std::optional<Json> value = root.find("quantization_config");
  if (!value || value->is_null()) return;
  const std::string method = Section(value).text("quant_method", "an unnamed method");
  fail(ErrorCode::unsupported, value->path(),
       "requests weights quantized with " + method + ", expected unquantized weights");
}

void check_tower_type(const Section& section, std::string_view tower, std::string_view family) {
  const std::string type = section.text("model_type", tower);
  if (type == tower || type == family || type.empty()) return;
  fail(ErrorCode::unsupported, section.subject("model_type"),
       "is \"" + type + "\", expected \"" + std::string(tower) + "\"");
}

void check_no_null(const Section& section, std::initializer_list<std::string_view> keys) {
  if (!section.object()) return;
  for (const std::string_view key : keys) {
    const std::optional<Json> value = section.object()->find(key);
    if (value && value->is_null()) fail(ErrorCode::type, value->path(), "is null, expected a value");
  }
}

EncoderConfig read_encoder(const Section& section, const EncoderDefaults& defaults) {
  check_no_null(section, {"hidden_size", "num_attention_heads", "intermediate_size", "num_hidden_layers",
                          "hidden_act", "layer_norm_eps"});
  EncoderConfig config;
  config.width = section.integer("hidden_size", defaults.width, 1, kMaxWidth);
  config.heads = section.integer("num_attention_heads", defaults.heads, 1, kMaxWidth);
  config.mlp_width = section.integer("intermediate_size", defaults.mlp_width, 1, kMaxMlpWidth);
  config.layers = section.integer("num_hidden_layers", defaults.layers, 1, kMaxLayers);
  config.epsilon = static_cast<float>(section.fraction("layer_norm_eps", defaults.epsilon));
  config.activation =
      activation_of(section.text("hidden_act", defaults.activation), section.subject("hidden_act"));
  check_heads(config, section.subject("num_attention_heads"));
  return config;
}

void read_image(const Section& section, ImageTowerConfig& config) {
  config.image_size = section.side("image_size", config.image_size);
  config.patch_size = section.side("patch_size", config.patch_size);
  read_channels(section, config);
  check_patch(config, section.subject("patch_size"));
}

void read_channels(const Section& section, ImageTowerConfig& config) {
  config.channels = section.integer("num_channels", 3, 1, 4096);
  if (config.channels == 3) return;
  fail(ErrorCode::unsupported, section.subject("num_channels"),
       "is " + std::to_string(config.channels) + ", expected 3");
}

void read_vocabulary(const Section& section, TextTowerConfig& config) {
  config.vocabulary_size = section.integer("vocab_size", config.vocabulary_size, 1, kMaxVocabulary);
  config.context_length = section.integer("max_position_embeddings", config.context_length, 2, kMaxContext);
}

}  // namespace sightline
