// SPDX-License-Identifier: Apache-2.0
#include <cmath>
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
// What Siglip2Processor passes to its image processor, whatever that one's file says.
constexpr std::int64_t kMaxPatchesOfProcessor = 256;

/// SigLIP and SigLIP 2 with images of a fixed size have one class of transformers, SigLIP 2 NaFlex another.
struct Variant {
  std::string_view family, model_class, vision, text;
  bool naflex;
};
constexpr Variant kFixed{"siglip", "SiglipModel", "siglip_vision_model", "siglip_text_model", false};
constexpr Variant kNaflex{"siglip2", "Siglip2Model", "siglip2_vision_model", "siglip2_text_model", true};

const Family& family_of(const Variant& variant) {
  return variant.naflex ? siglip2_family() : siglip_family();
}

template <const Variant& variant>
bool recognizes(const Json& root) {
  return has_model_type(root, family_of(variant));
}

ImageTowerConfig siglip_image_tower(const Variant& variant) {
  ImageTowerConfig config;
  config.max_patches = variant.naflex ? kMaxPatchesOfProcessor : 0;
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

template <const Variant& variant>
bool builds(const ModelConfig& config) {
  return same_wiring(config.vision, siglip_image_tower(variant)) &&
         same_wiring(config.text, siglip_text_tower()) && config.head.logit_bias &&
         config.tokenizer.source != TokenizerSource::clip;
}

// The position embeddings are those of a square grid of `num_patches`.
void read_patches(const Section& section, ImageTowerConfig& config) {
  config.patch_size = section.side("patch_size", config.patch_size);
  const std::int64_t patches = section.integer("num_patches", 256, 1, kMaxPatches);
  const std::int64_t side = std::llround(std::sqrt(static_cast<double>(patches)));
  if (side * side != patches) {
    fail(ErrorCode::range, section.subject("num_patches"),
         "is " + std::to_string(patches) + ", expected a square number");
  }
  config.image_size = side * config.patch_size;
  read_channels(section, config);
}

ImageTowerConfig read_vision(const Section& section, const Variant& variant) {
  check_tower_type(section, variant.vision, variant.family);
  check_no_null(section, {"image_size", "patch_size", "num_patches", "num_channels"});
  ImageTowerConfig config = siglip_image_tower(variant);
  config.encoder = read_encoder(section, kDefaults);
  (variant.naflex ? read_patches : read_image)(section, config);
  if (!section.boolean("vision_use_head", true))
    fail(ErrorCode::unsupported, section.subject("vision_use_head"), "is false, expected true");
  return config;
}

TextTowerConfig read_text(const Section& section, const Variant& variant) {
  check_tower_type(section, variant.text, variant.family);
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

template <const Variant& variant>
ModelConfig read(const Json& root) {
  check_not_quantized(root);
  const TowerSections sections = tower_sections(root, family_of(variant));
  ModelConfig config;
  config.family = &family_of(variant);
  config.has_vision = sections.vision.has_value();
  config.has_text = sections.text.has_value();
  if (sections.vision) {
    config.vision = read_vision(*sections.vision, variant);
    config.projection_dim = config.vision.encoder.width;
  }
  if (sections.text) {
    config.text = read_text(*sections.text, variant);
    config.projection_dim =
        sections.text->integer("projection_size", config.text.encoder.width, 1, kMaxWidth);
  }
  if (config.has_both_towers() && config.projection_dim != config.vision.encoder.width) {
    fail(ErrorCode::mismatch, sections.text->subject("projection_size"),
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

template <const Variant& variant>
std::string write(const ModelConfig& config, std::string_view dtype) {
  JsonObjectWriter out;
  out.begin();
  out.add_list("architectures", variant.model_class);
  out.add("model_type", variant.family);
  out.begin("text_config");
  write_encoder(out, config.text.encoder);
  out.add("max_position_embeddings", config.text.context_length);
  out.add("model_type", variant.text);
  out.add("pad_token_id", config.text.pad_id.value_or(kPad));
  out.add("projection_size", config.projection_dim);
  out.add("vocab_size", config.text.vocabulary_size);
  out.end();
  out.add("torch_dtype", dtype);
  out.begin("vision_config");
  write_encoder(out, config.vision.encoder);
  if (!variant.naflex) out.add("image_size", config.vision.image_size);
  out.add("model_type", variant.vision);
  out.add("num_channels", config.vision.channels);
  if (variant.naflex) out.add("num_patches", config.vision.tokens());
  out.add("patch_size", config.vision.patch_size);
  out.end();
  out.end();
  return std::move(out).text();
}

}  // namespace

const Family& siglip_family() {
  static constexpr Family kFamily{
      .name = kFixed.family,
      .title = "SigLIP",
      .classes = "Siglip",
      .tower_types = {kFixed.text, kFixed.vision},
      .image_processor = "SiglipImageProcessor",
      .tokenizer = "SiglipTokenizer",
      .recognizes = recognizes<kFixed>,
      .builds = builds<kFixed>,
      .read = read<kFixed>,
      .write = write<kFixed>,
  };
  return kFamily;
}

const Family& siglip2_family() {
  static constexpr Family kFamily{
      .name = kNaflex.family,
      .title = "SigLIP 2",
      .classes = "Siglip2",
      .tower_types = {kNaflex.text, kNaflex.vision},
      .image_processor = "Siglip2ImageProcessor",
      .tokenizer = "Siglip2Tokenizer",
      .recognizes = recognizes<kNaflex>,
      .builds = builds<kNaflex>,
      .read = read<kNaflex>,
      .write = write<kNaflex>,
  };
  return kFamily;
}

}  // namespace sightline
