// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/clip_config.h"

#include <optional>

#include "sightline/base/error.h"

namespace sightline {
namespace {

// In OpenAI's files an end of 2 means the largest id. transformers pools accordingly
// (CLIPTextTransformer.forward).
constexpr std::int64_t kLegacyEos = 2;

// The classes of a tower alone whose embedding is projected.
constexpr std::string_view kWithProjection = "WithProjection";

// A null does not mean the default: transformers' text tower fails with it, as it does with a list. Whether
// the id is valid depends on the tokenizer, so it is checked later.
void read_end(const Section& section, EndRule end, TextTowerConfig& config) {
  const std::optional<Json> value = section.object() ? section.object()->find("eos_token_id") : std::nullopt;
  if (!value) return;
  if (!value->is_number()) {
    fail(ErrorCode::type, value->path(),
         value->is_null() ? "is null, expected a token id" : "is not an integer");
  }
  config.eos_token_id = whole_number(*value, 0, INT32_MAX);
  if (end == EndRule::legacy && config.eos_token_id == kLegacyEos) config.pooling = Pooling::largest_id;
}

void write_text(JsonObjectWriter& out, const ModelConfig& config, const SpecialIds& ids) {
  const TextTowerConfig& text = config.text;
  out.add_number("attention_dropout", 0.0);
  out.add("bos_token_id", ids.start);
  out.add("eos_token_id", ids.end);
  out.add("hidden_act", transformers_name(text.encoder.activation));
  out.add("hidden_size", text.encoder.width);
  out.add_number("initializer_factor", 1.0);
  out.add_number("initializer_range", 0.02);
  out.add("intermediate_size", text.encoder.mlp_width);
  out.add_number("layer_norm_eps", text.encoder.epsilon);
  out.add("max_position_embeddings", text.context_length);
  out.add("model_type", config.family->tower_types[0]);
  out.add("num_attention_heads", text.encoder.heads);
  out.add("num_hidden_layers", text.encoder.layers);
  out.add("pad_token_id", ids.padding);
  out.add("projection_dim", config.projection_dim);
  out.add("vocab_size", text.vocabulary_size);
}

void write_vision(JsonObjectWriter& out, const ModelConfig& config) {
  const ImageTowerConfig& vision = config.vision;
  out.add_number("attention_dropout", 0.0);
  out.add("hidden_act", transformers_name(vision.encoder.activation));
  out.add("hidden_size", vision.encoder.width);
  out.add("image_size", vision.image_size);
  out.add_number("initializer_factor", 1.0);
  out.add_number("initializer_range", 0.02);
  out.add("intermediate_size", vision.encoder.mlp_width);
  out.add_number("layer_norm_eps", vision.encoder.epsilon);
  out.add("model_type", config.family->tower_types[1]);
  out.add("num_attention_heads", vision.encoder.heads);
  out.add("num_channels", vision.channels);
  out.add("num_hidden_layers", vision.encoder.layers);
  out.add("patch_size", vision.patch_size);
  out.add("projection_dim", config.projection_dim);
}

}  // namespace

ImageTowerConfig read_clip_vision(const Section& section, const Family& family) {
  check_tower_type(section, family.tower_types[1], family.name);
  check_no_null(section, {"image_size", "patch_size", "num_channels"});
  ImageTowerConfig config;
  config.encoder = read_encoder(section, {768, 12, 3072});
  read_image(section, config);
  return config;
}

TextTowerConfig read_clip_text(const Section& section, const Family& family, EndRule end) {
  check_tower_type(section, family.tower_types[0], family.name);
  check_no_null(section, {"vocab_size", "max_position_embeddings"});
  TextTowerConfig config;
  config.encoder = read_encoder(section, {512, 8, 2048});
  read_vocabulary(section, config);
  read_end(section, end, config);
  return config;
}

namespace {

ModelConfig read_whole(const Json& root, const Family& family, std::int64_t projection_dim,
                       FunctionRef<TextTowerConfig(const Section&)> read_text) {
  check_not_quantized(root);
  const Section whole{std::optional<Json>(root)};
  const TowerSections sections = tower_sections(root, family);
  ModelConfig config;
  config.family = &family;
  config.has_vision = sections.vision.has_value();
  config.has_text = sections.text.has_value();
  if (sections.vision) config.vision = read_clip_vision(*sections.vision, family);
  if (sections.text) config.text = read_text(*sections.text);
  config.tokenizer.class_name = whole.text("tokenizer_class", "");
  if (!config.has_both_towers() && !has_architecture(root, kWithProjection)) {
    TowerConfig& tower = config.has_text ? static_cast<TowerConfig&>(config.text) : config.vision;
    // AltCLIP's first linear layer belongs to its text model.
    const std::optional<HiddenProjection> hidden = tower.projection.hidden;
    tower.projection = hidden ? ProjectionConfig{hidden->name, hidden->bias} : ProjectionConfig{};
    config.projection_dim = hidden ? hidden->units : tower.encoder.width;
    return config;
  }
  check_no_null(whole, {"projection_dim"});
  config.projection_dim = whole.integer("projection_dim", projection_dim, 1, kMaxWidth);
  return config;
}

}  // namespace

ModelConfig read_clip_config(const Json& root, const Family& family, EndRule end) {
  return read_whole(root, family, 512,
                    [&](const Section& section) { return read_clip_text(section, family, end); });
}

ModelConfig read_clip_config(const Json& root, const Family& family, std::int64_t projection_dim,
                             TextTowerConfig (*read_text)(const Section& section)) {
  ModelConfig config = read_whole(root, family, projection_dim, read_text);
  config.tokenizer.source = TokenizerSource::transformers;
  return config;
}

std::string write_clip_config(const ModelConfig& config, const SpecialIds& ids, std::string_view dtype) {
  return write_clip_config(
      config, [&](JsonObjectWriter& out) { write_text(out, config, ids); }, dtype);
}

std::string write_clip_config(const ModelConfig& config, FunctionRef<void(JsonObjectWriter& out)> write_text,
                              std::string_view dtype) {
  JsonObjectWriter out;
  out.begin();
  out.add_list("architectures", std::string(config.family->classes) + "Model");
  out.add_number("initializer_factor", 1.0);
  out.add_number("logit_scale_init_value", 2.6592);
  out.add("model_type", config.family->name);
  out.add("projection_dim", config.projection_dim);
  out.begin("text_config");
  write_text(out);
  out.end();
  out.add("torch_dtype", dtype);
  out.begin("vision_config");
  write_vision(out, config);
  out.end();
  out.end();
  return std::move(out).text();
}

}  // namespace sightline
