// SPDX-License-Identifier: Apache-2.0
#include <optional>

#include "sightline/base/error.h"
#include "sightline/model/family.h"
#include "sightline/model/json_object.h"
#include "sightline/model/transformers_config.h"

namespace sightline {
namespace {

// SiglipTextConfig and SiglipVisionConfig: those of base-patch16-224. The files of the hub are nearly empty.
constexpr EncoderDefaults kDefaults{768, 12, 3072, 1e-6, "gelu_pytorch_tanh"};
constexpr std::int64_t kPad = 1;

bool recognizes(const Json& root) {
  const std::optional<Json> type = root.find("model_type");
  return type && type->as_string() == "siglip";
}

ImageTowerConfig siglip_image_tower() {
  ImageTowerConfig config;
  config.patch_size = 16;
  config.class_token = config.pre_norm = false;
  config.patch_bias = true;
  config.pooling = Pooling::attention_map;
  config.projection = {};
  return config;
}

TextTowerConfig siglip_text_tower() {
  TextTowerConfig config;
  config.mask = Mask::none;
  config.pooling = Pooling::last;
  config.projection = {"text_model.head", true};
  config.vocabulary_size = 32000;
  config.context_length = 64;
  config.pad_id = kPad;
  return config;
}

bool builds(const ModelConfig& config) {
  return same_wiring(config.vision, siglip_image_tower()) && same_wiring(config.text, siglip_text_tower()) &&
         config.head.logit_bias && config.tokenizer.source != TokenizerSource::clip;
}

ImageTowerConfig read_vision(const Section& section) {
  check_tower_type(section, "siglip_vision_model", "siglip");
  check_no_null(section, {"image_size", "patch_size", "num_channels"});
  ImageTowerConfig config = siglip_image_tower();
  config.encoder = read_encoder(section, kDefaults);
  read_image(section, config);
  if (!section.boolean("vision_use_head", true))
    fail(ErrorCode::unsupported, section.subject("vision_use_head"), "is false, expected true");
  return config;
}

TextTowerConfig read_text(const Section& section) {
  check_tower_type(section, "siglip_text_model", "siglip");
  check_no_null(section, {"vocab_size", "max_position_embeddings"});
  TextTowerConfig config = siglip_text_tower();
  config.encoder = read_encoder(section, kDefaults);
  read_vocabulary(section, config);
  config.pad_id = section.integer("pad_token_id", kPad, 0, INT32_MAX);
  if (*config.pad_id >= config.vocabulary_size) {
    fail(ErrorCode::range, section.subject("pad_token_id"),
         "is " + std::to_string(*config.pad_id) + ", but the vocabulary has " +
             std::to_string(config.vocabulary_size) + " tokens");
  }
  return config;
}

ModelConfig read(const Json& root) {
  check_not_quantized(root);
  const Section text = tower_section(root, "text_config");
  ModelConfig config;
  config.family = &siglip_family();
  config.vision = read_vision(tower_section(root, "vision_config"));
  config.text = read_text(text);
  config.projection_dim = text.integer("projection_size", config.text.encoder.width, 1, kMaxWidth);
  if (config.projection_dim != config.vision.encoder.width) {
    fail(ErrorCode::mismatch, text.subject("projection_size"),
         "is " + std::to_string(config.projection_dim) + ", but the image tower is " +
             std::to_string(config.vision.encoder.width) + " wide");
  }
  config.head = {Shape{1}, true};
  config.tokenizer.source = TokenizerSource::transformers;
  config.tokenizer.class_name = Section{std::optional<Json>(root)}.text("tokenizer_class", "");
  return config;
}

void write_encoder(JsonObjectWriter& out, const EncoderConfig& encoder) {
  out.add("hidden_act", transformers_name(encoder.activation));
  out.add("hidden_size", encoder.width);
  out.add("intermediate_size", encoder.mlp_width);
  out.add_number("layer_norm_eps", encoder.epsilon);
  out.add("num_attention_heads", encoder.heads);
  out.add("num_hidden_layers", encoder.layers);
}

std::string write(const ModelConfig& config, std::string_view dtype) {
  JsonObjectWriter out;
  out.begin();
  out.add_list("architectures", "SiglipModel");
  out.add("model_type", "siglip");
  out.begin("text_config");
  write_encoder(out, config.text.encoder);
  out.add("max_position_embeddings", config.text.context_length);
  out.add("model_type", "siglip_text_model");
  out.add("pad_token_id", config.text.pad_id.value_or(kPad));
  out.add("projection_size", config.projection_dim);
  out.add("vocab_size", config.text.vocabulary_size);
  out.end();
  out.add("torch_dtype", dtype);
  out.begin("vision_config");
  write_encoder(out, config.vision.encoder);
  out.add("image_size", config.vision.image_size);
  out.add("model_type", "siglip_vision_model");
  out.add("num_channels", config.vision.channels);
  out.add("patch_size", config.vision.patch_size);
  out.end();
  out.end();
  return std::move(out).text();
}

}  // namespace

const Family& siglip_family() {
  static constexpr Family kFamily{
      .name = "siglip",
      .title = "SigLIP",
      .classes = "Siglip",
      .tower_types = {"siglip_text_model", "siglip_vision_model"},
      .image_processor = "SiglipImageProcessor",
      .tokenizer = "SiglipTokenizer",
      .recognizes = recognizes,
      .builds = builds,
      .read = read,
      .write = write,
  };
  return kFamily;
}

}  // namespace sightline
