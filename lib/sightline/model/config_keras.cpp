// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/config_keras.h"

#include <cmath>
#include <string>

#include "sightline/base/error.h"
#include "sightline/model/config_section.h"

namespace sightline {
namespace {

std::int64_t size_of(const Section& section, std::string_view key, std::int64_t high) {
  return whole_number(section.object()->at(key), 1, high);
}

Section existing(const Section& section, std::string_view key) {
  const Section found = section.section(key);
  if (!found.object()) fail(ErrorCode::missing, section.subject(key), "is missing");
  return found;
}

// Both KerasHub and KerasCV pool at the largest id.
// Source: keras_hub/src/models/clip/clip_vision_encoder.py, clip_text_encoder.py (get_config).
EncoderConfig hub_encoder(const Section& section) {
  EncoderConfig config;
  config.width = size_of(section, "hidden_dim", kMaxWidth);
  config.heads = size_of(section, "num_heads", kMaxWidth);
  config.layers = size_of(section, "num_layers", kMaxLayers);
  config.mlp_width = size_of(section, "intermediate_dim", kMaxMlpWidth);
  const std::string key = "intermediate_activation";
  config.activation = activation_of(section.text(key, "quick_gelu"), section.subject(key));
  check_heads(config, section.subject("num_heads"));
  return config;
}

std::int64_t side_of_shape(const Section& section) {
  const Json shape = section.object()->at("image_shape");
  std::int64_t index = 0, sides[2] = {0, 0};
  bool valid = shape.size() == 3;
  shape.for_each_element([&](const Json& size) {
    if (index < 2) sides[index] = whole_number(size, 1, kMaxImage);
    if (index == 2) valid = valid && size.is_integer() && size.as_integer() == 3;
    ++index;
  });
  if (!valid || sides[0] != sides[1])
    fail(ErrorCode::unsupported, shape.path(), "is not the shape of a square RGB image, [side, side, 3]");
  return sides[0];
}

ModelConfig hub_config(const Section& section) {
  ModelConfig config;
  config.projection_dim = size_of(section, "projection_dim", kMaxWidth);
  const Section vision = existing(existing(section, "vision_encoder"), "config");
  config.vision.encoder = hub_encoder(vision);
  config.vision.patch_size = size_of(vision, "patch_size", kMaxImage);
  config.vision.image_size = side_of_shape(vision);
  check_patch(config.vision, vision.subject("patch_size"));
  const Section text = existing(existing(section, "text_encoder"), "config");
  config.text.encoder = hub_encoder(text);
  config.text.vocabulary_size = size_of(text, "vocabulary_size", kMaxVocabulary);
  config.text.context_length = text.integer("max_sequence_length", 77, 2, kMaxContext);
  config.text.pooling = Pooling::largest_id;
  return config;
}

// Source: keras_cv/src/models/feature_extractor/clip/clip_model.py. Heads of the image tower are 64 wide, and
// the MLP is four times as wide as the tower.
ModelConfig cv_config(const Section& section) {
  ModelConfig config;
  config.projection_dim = size_of(section, "embed_dim", kMaxWidth);
  EncoderConfig& vision = config.vision.encoder;
  vision.width = size_of(section, "vision_width", kMaxWidth);
  vision.heads = vision.width / 64;
  vision.layers = size_of(section, "vision_layers", kMaxLayers);
  vision.mlp_width = 4 * vision.width;
  check_heads(vision, section.subject("vision_width") + " / 64 (heads)");
  config.vision.image_size = size_of(section, "image_resolution", kMaxImage);
  config.vision.patch_size = size_of(section, "vision_patch_size", kMaxImage);
  check_patch(config.vision, section.subject("vision_patch_size"));
  EncoderConfig& text = config.text.encoder;
  text.width = size_of(section, "transformer_width", kMaxWidth);
  text.heads = size_of(section, "transformer_heads", kMaxWidth);
  text.layers = size_of(section, "transformer_layers", kMaxLayers);
  text.mlp_width = 4 * text.width;
  check_heads(text, section.subject("transformer_heads"));
  config.text.vocabulary_size = size_of(section, "vocab_size", kMaxVocabulary);
  config.text.context_length = section.integer("context_length", 77, 2, kMaxContext);
  config.text.pooling = Pooling::largest_id;
  return config;
}

Resample read_interpolation(const Section& section) {
  const std::string name = section.text("interpolation", "bilinear");
  if (name == "bicubic") return Resample::bicubic;
  if (name == "bilinear") return Resample::bilinear;
  if (name == "nearest") return Resample::nearest;
  fail(ErrorCode::unsupported, section.subject("interpolation"),
       "is \"" + name + "\", expected \"bicubic\", \"bilinear\" or \"nearest\"");
}

// One number for all channels, or three.
bool read_three(const Section& section, std::string_view key, double (&out)[3]) {
  const auto value = section.find(key);
  if (!value) return false;
  if (value->is_number()) {
    for (double& number : out) number = value->as_double();
    return true;
  }
  if (value->size() != 3)
    fail(ErrorCode::header, value->path(), "has " + std::to_string(value->size()) + " values, expected 3");
  std::size_t channel = 0;
  value->for_each_element([&](const Json& number) { out[channel++] = number.as_double(); });
  return true;
}

// y = level * scale + offset equals (level / 255 - mean) / std with std = 1 / (255 scale), mean = -offset
// std.
void read_normalization(const Section& section, PreprocessorConfig& config) {
  double scale[3] = {1, 1, 1}, offset[3] = {0, 0, 0};
  const bool has_scale = read_three(section, "scale", scale);
  const bool has_offset = read_three(section, "offset", offset);
  config.do_rescale = config.do_normalize = has_scale || has_offset;
  if (!config.do_normalize) return;
  for (std::size_t c = 0; c < 3; ++c) {
    const double std = 1.0 / (255.0 * scale[c]), mean = -offset[c] * std;
    constexpr double kLargest = 1e30;
    if (!(std > 1 / kLargest && std < kLargest && std::abs(mean) < kLargest))
      fail(ErrorCode::range, section.subject("scale"),
           "and offset give a mean or standard deviation that is out of range");
    config.std[c] = static_cast<float>(std);
    config.mean[c] = static_cast<float>(mean);
  }
}

}  // namespace

bool is_keras_config(std::string_view text, std::string_view subject) {
  const JsonDocument document(text, subject);
  return document.root().is_object() && document.root().find("class_name").has_value();
}

ModelConfig keras_config(std::string_view text, std::string_view subject) {
  const JsonDocument document(text, subject);
  const Json root = document.root();
  if (!root.is_object()) fail(ErrorCode::header, subject, "is not a JSON object");
  const Section section = existing(Section(root), "config");
  const std::string_view name = root.at("class_name").as_string();
  if (name == "CLIPBackbone") return hub_config(section);
  if (name == "CLIP") return cv_config(section);
  fail(ErrorCode::unsupported, root.at("class_name").path(),
       "is \"" + std::string(name) + "\", expected KerasHub's \"CLIPBackbone\" or KerasCV's \"CLIP\"");
}

PreprocessorConfig keras_image_converter(std::string_view text, std::string_view subject,
                                         std::int64_t image_size) {
  const JsonDocument document(text, subject);
  if (!document.root().is_object()) fail(ErrorCode::header, subject, "is not a JSON object");
  const Section section = existing(Section(document.root()), "config");
  PreprocessorConfig config = PreprocessorConfig::defaults(section.side("image_size", image_size));
  config.pipeline.resample = read_interpolation(section);
  if (!section.boolean("crop_to_aspect_ratio", true)) {
    config.pipeline.resize = ResizeMode::exact;
    config.pipeline.crop = false;
  }
  if (section.boolean("pad_to_aspect_ratio", false))
    fail(ErrorCode::unsupported, section.subject("pad_to_aspect_ratio"), "is true, expected false");
  read_normalization(section, config);
  return config;
}

}  // namespace sightline
