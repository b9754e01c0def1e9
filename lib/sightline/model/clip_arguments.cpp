// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/clip_arguments.h"

#include <array>
#include <string>
#include <utility>

#include "sightline/base/error.h"

namespace sightline {
namespace {

constexpr std::int64_t kVisionHeadWidth = 64;
constexpr std::int64_t kLargestIdIsTheEnd = 2;  // CLIPTextConfig::eos_token_id

using Field = std::pair<const char*, std::int64_t CLIPArguments::*>;
constexpr std::array<Field, 10> kFields = {{{"embed_dim", &CLIPArguments::embed_dim},
                                            {"image_resolution", &CLIPArguments::image_resolution},
                                            {"vision_layers", &CLIPArguments::vision_layers},
                                            {"vision_width", &CLIPArguments::vision_width},
                                            {"vision_patch_size", &CLIPArguments::vision_patch_size},
                                            {"context_length", &CLIPArguments::context_length},
                                            {"vocab_size", &CLIPArguments::vocab_size},
                                            {"transformer_width", &CLIPArguments::transformer_width},
                                            {"transformer_heads", &CLIPArguments::transformer_heads},
                                            {"transformer_layers", &CLIPArguments::transformer_layers}}};

CLIPArguments large(std::int64_t resolution) {
  return {.embed_dim = 768,
          .image_resolution = resolution,
          .vision_layers = 24,
          .vision_width = 1024,
          .vision_patch_size = 14,
          .transformer_width = 768,
          .transformer_heads = 12};
}

}  // namespace

CLIPConfig CLIPArguments::config() const {
  for (const auto& [name, field] : kFields) {
    if (this->*field < 1)
      fail(ErrorCode::range, name, "is " + std::to_string(this->*field) + ", expected 1 or more");
  }
  if (vision_patch_size > image_resolution) {
    fail(ErrorCode::range, "vision_patch_size",
         "is " + std::to_string(vision_patch_size) + ", the image has " + std::to_string(image_resolution));
  }
  if (vision_width % kVisionHeadWidth != 0) {
    fail(ErrorCode::range, "vision_width",
         "is " + std::to_string(vision_width) + ", expected a multiple of the head width 64");
  }
  CLIPConfig config;
  config.vision.encoder = EncoderConfig::of(vision_width, vision_layers, vision_width / kVisionHeadWidth);
  config.vision.image_size = image_resolution;
  config.vision.patch_size = vision_patch_size;
  config.text.encoder = EncoderConfig::of(transformer_width, transformer_layers, transformer_heads);
  config.text.vocabulary_size = vocab_size;
  config.text.context_length = context_length;
  config.text.eos_token_id = kLargestIdIsTheEnd;
  config.projection_dim = embed_dim;
  return config;
}

LayerConfig CLIPArguments::to_config() const {
  LayerConfig config;
  for (const auto& [name, field] : kFields) config.emplace(name, this->*field);
  return config;
}

CLIPArguments CLIPArguments::from_config(const LayerConfig& config) {
  CLIPArguments arguments;
  std::array<std::string_view, kFields.size()> names;
  for (std::size_t i = 0; i < names.size(); ++i) names[i] = kFields[i].first;
  check_arguments(config, names);
  for (const auto& [name, field] : kFields) arguments.*field = config_value(config, name, arguments.*field);
  return arguments;
}

CLIPArguments CLIPArguments::of(const CLIPConfig& config) {
  return {.embed_dim = config.projection_dim,
          .image_resolution = config.vision.image_size,
          .vision_layers = config.vision.encoder.layers,
          .vision_width = config.vision.encoder.width,
          .vision_patch_size = config.vision.patch_size,
          .context_length = config.text.context_length,
          .vocab_size = config.text.vocabulary_size,
          .transformer_width = config.text.encoder.width,
          .transformer_heads = config.text.encoder.heads,
          .transformer_layers = config.text.encoder.layers};
}

std::optional<CLIPArguments> CLIPArguments::of_preset(std::string_view name) {
  if (name == "clip-vit-base-patch16") return CLIPArguments{.vision_patch_size = 16};
  if (name == "clip-vit-base-patch32") return CLIPArguments{};
  if (name == "clip-vit-large-patch14") return large(224);
  if (name == "clip-vit-large-patch14-336") return large(336);
  return std::nullopt;
}

}  // namespace sightline
