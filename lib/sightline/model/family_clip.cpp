// SPDX-License-Identifier: Apache-2.0
#include <optional>

#include "sightline/base/error.h"
#include "sightline/model/family.h"
#include "sightline/model/json_object.h"
#include "sightline/model/transformers_config.h"

namespace sightline {
namespace {

// In OpenAI's files an end of 2 means the largest id, and start and padding are 0 and 1. transformers pools
// accordingly (CLIPTextTransformer.forward).
constexpr std::int64_t kLegacyEos = 2;

// Programs other than transformers leave model_type out.
bool recognizes(const Json& root) {
  if (const std::optional<Json> type = root.find("model_type")) return type->as_string() == "clip";
  return root.find("text_config") || root.find("text_config_dict") || root.find("vision_config");
}

bool builds(const ModelConfig& config) {
  TextTowerConfig text;
  text.pooling = config.text.pooling == Pooling::largest_id ? Pooling::largest_id : Pooling::first_eos;
  return same_wiring(config.vision, ImageTowerConfig()) && same_wiring(config.text, text) &&
         !config.head.logit_bias && config.tokenizer.source == TokenizerSource::clip;
}

ImageTowerConfig read_vision(const Section& section) {
  check_tower_type(section, "clip_vision_model", "clip");
  check_no_null(section, {"image_size", "patch_size", "num_channels"});
  ImageTowerConfig config;
  config.encoder = read_encoder(section, {768, 12, 3072});
  read_image(section, config);
  return config;
}

// A null does not mean the default: transformers' text tower fails with it, as it does with a list. Whether
// the id is valid depends on the tokenizer, so it is checked later.
void read_end(const Section& section, TextTowerConfig& config) {
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
  check_tower_type(section, "clip_text_model", "clip");
  check_no_null(section, {"vocab_size", "max_position_embeddings"});
  TextTowerConfig config;
  config.encoder = read_encoder(section, {512, 8, 2048});
  read_vocabulary(section, config);
  read_end(section, config);
  return config;
}

ModelConfig read(const Json& root) {
  check_not_quantized(root);
  const Section whole{std::optional<Json>(root)};
  check_no_null(whole, {"projection_dim"});
  ModelConfig config;
  config.vision = read_vision(tower_section(root, "vision_config"));
  config.text = read_text(tower_section(root, "text_config"));
  config.projection_dim = whole.integer("projection_dim", 512, 1, kMaxWidth);
  config.tokenizer.class_name = whole.text("tokenizer_class", "");
  return config;
}

void write_text(JsonObjectWriter& out, const ModelConfig& config) {
  const TextTowerConfig& text = config.text;
  const bool argmax = text.pooling == Pooling::largest_id;
  out.begin("text_config");
  out.add_number("attention_dropout", 0.0);
  out.add("bos_token_id", argmax ? 0 : text.eos_token_id - 1);
  out.add("eos_token_id", argmax ? kLegacyEos : text.eos_token_id);
  out.add("hidden_act", transformers_name(text.encoder.activation));
  out.add("hidden_size", text.encoder.width);
  out.add_number("initializer_factor", 1.0);
  out.add_number("initializer_range", 0.02);
  out.add("intermediate_size", text.encoder.mlp_width);
  out.add_number("layer_norm_eps", text.encoder.epsilon);
  out.add("max_position_embeddings", text.context_length);
  out.add("model_type", "clip_text_model");
  out.add("num_attention_heads", text.encoder.heads);
  out.add("num_hidden_layers", text.encoder.layers);
  out.add("pad_token_id", argmax ? 1 : text.eos_token_id);
  out.add("projection_dim", config.projection_dim);
  out.add("vocab_size", text.vocabulary_size);
  out.end();
}

void write_vision(JsonObjectWriter& out, const ModelConfig& config) {
  const ImageTowerConfig& vision = config.vision;
  out.begin("vision_config");
  out.add_number("attention_dropout", 0.0);
  out.add("hidden_act", transformers_name(vision.encoder.activation));
  out.add("hidden_size", vision.encoder.width);
  out.add("image_size", vision.image_size);
  out.add_number("initializer_factor", 1.0);
  out.add_number("initializer_range", 0.02);
  out.add("intermediate_size", vision.encoder.mlp_width);
  out.add_number("layer_norm_eps", vision.encoder.epsilon);
  out.add("model_type", "clip_vision_model");
  out.add("num_attention_heads", vision.encoder.heads);
  out.add("num_channels", vision.channels);
  out.add("num_hidden_layers", vision.encoder.layers);
  out.add("patch_size", vision.patch_size);
  out.add("projection_dim", config.projection_dim);
  out.end();
}

std::string write(const ModelConfig& config, std::string_view dtype) {
  JsonObjectWriter out;
  out.begin();
  out.add_list("architectures", "CLIPModel");
  out.add_number("initializer_factor", 1.0);
  out.add_number("logit_scale_init_value", 2.6592);
  out.add("model_type", "clip");
  out.add("projection_dim", config.projection_dim);
  write_text(out, config);
  out.add("torch_dtype", dtype);
  write_vision(out, config);
  out.end();
  return std::move(out).text();
}

}  // namespace

const Family& clip_family() {
  static constexpr Family kFamily{
      .name = "clip",
      .title = "CLIP",
      .tower_types = {"clip_text_model", "clip_vision_model"},
      .image_processor = "CLIPImageProcessor",
      .tokenizer = "CLIPTokenizer",
      .recognizes = recognizes,
      .builds = builds,
      .read = read,
      .write = write,
  };
  return kFamily;
}

}  // namespace sightline
