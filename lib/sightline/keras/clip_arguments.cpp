// SPDX-License-Identifier: Apache-2.0
#include "sightline/keras/clip_arguments.h"

#include <array>
#include <type_traits>
#include <utility>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/keras/block_config.h"
#include "sightline/keras/checks.h"
#include "sightline/keras/visible_tokens.h"
#include "sightline/model/config.h"
#include "sightline/model/config_section.h"

namespace sightline::keras {
namespace {

constexpr std::int64_t kVisionHeadWidth = 64;

template <class T>
using Field = std::pair<const char*, T CLIPArguments::*>;

constexpr std::array<Field<std::int64_t>, 10> kSizes = {
    {{"embed_dim", &CLIPArguments::embed_dim},
     {"image_resolution", &CLIPArguments::image_resolution},
     {"vision_layers", &CLIPArguments::vision_layers},
     {"vision_width", &CLIPArguments::vision_width},
     {"vision_patch_size", &CLIPArguments::vision_patch_size},
     {"context_length", &CLIPArguments::context_length},
     {"vocab_size", &CLIPArguments::vocab_size},
     {"transformer_width", &CLIPArguments::transformer_width},
     {"transformer_heads", &CLIPArguments::transformer_heads},
     {"transformer_layers", &CLIPArguments::transformer_layers}}};
constexpr std::array<Field<std::optional<std::int64_t>>, 4> kOptionalSizes = {
    {{"vision_heads", &CLIPArguments::vision_heads},
     {"vision_mlp_width", &CLIPArguments::vision_mlp_width},
     {"transformer_mlp_width", &CLIPArguments::transformer_mlp_width},
     {"eos_token_id", &CLIPArguments::eos_token_id}}};
constexpr std::array<Field<std::string>, 2> kActivations = {
    {{"vision_activation", &CLIPArguments::vision_activation},
     {"transformer_activation", &CLIPArguments::transformer_activation}}};
constexpr std::array<Field<double>, 2> kEpsilons = {
    {{"vision_epsilon", &CLIPArguments::vision_epsilon},
     {"transformer_epsilon", &CLIPArguments::transformer_epsilon}}};

std::int64_t vision_heads_of(const CLIPArguments& arguments) {
  if (arguments.vision_heads) return *arguments.vision_heads;
  if (arguments.vision_width % kVisionHeadWidth != 0) {
    fail(ErrorCode::range, "vision_width",
         "is " + std::to_string(arguments.vision_width) + ", expected a multiple of the head width 64");
  }
  return arguments.vision_width / kVisionHeadWidth;
}

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

void CLIPArguments::check() const { engine_config(); }

ModelConfig CLIPArguments::engine_config() const {
  for (const auto& [name, field] : kSizes) at_least_one(this->*field, name);
  at_least_one(embed_dim, "embed_dim", kMaxWidth);
  at_least_one(image_resolution, "image_resolution", kMaxImage);
  at_least_one(vocab_size, "vocab_size", kMaxVocabulary);
  at_least_one(context_length, "context_length", kMaxContext);
  if (vision_patch_size > image_resolution) {
    fail(ErrorCode::range, "vision_patch_size",
         "is " + std::to_string(vision_patch_size) + ", the image has " + std::to_string(image_resolution));
  }
  check_end_id(eos_token_id);
  ModelConfig config;
  config.vision.encoder = encoder_config({.width = vision_width,
                                          .layers = vision_layers,
                                          .heads = vision_heads_of(*this),
                                          .mlp_width = vision_mlp_width,
                                          .activation = vision_activation,
                                          .epsilon = vision_epsilon},
                                         {.width = "vision_width",
                                          .layers = "vision_layers",
                                          .heads = "vision_heads",
                                          .mlp_width = "vision_mlp_width",
                                          .activation = "vision_activation",
                                          .epsilon = "vision_epsilon"});
  config.vision.image_size = image_resolution;
  config.vision.patch_size = vision_patch_size;
  config.text.encoder = encoder_config({.width = transformer_width,
                                        .layers = transformer_layers,
                                        .heads = transformer_heads,
                                        .mlp_width = transformer_mlp_width,
                                        .activation = transformer_activation,
                                        .epsilon = transformer_epsilon},
                                       {.width = "transformer_width",
                                        .layers = "transformer_layers",
                                        .heads = "transformer_heads",
                                        .mlp_width = "transformer_mlp_width",
                                        .activation = "transformer_activation",
                                        .epsilon = "transformer_epsilon"});
  config.text.vocabulary_size = vocab_size;
  config.text.context_length = context_length;
  set_end(config.text, eos_token_id);
  config.projection_dim = embed_dim;
  return config;
}

CLIPArguments CLIPArguments::of(const ModelConfig& config) {
  CLIPArguments arguments = {.embed_dim = config.projection_dim,
                             .image_resolution = config.vision.image_size,
                             .vision_layers = config.vision.encoder.layers,
                             .vision_width = config.vision.encoder.width,
                             .vision_patch_size = config.vision.patch_size,
                             .context_length = config.text.context_length,
                             .vocab_size = config.text.vocabulary_size,
                             .transformer_width = config.text.encoder.width,
                             .transformer_heads = config.text.encoder.heads,
                             .transformer_layers = config.text.encoder.layers,
                             .vision_heads = config.vision.encoder.heads,
                             .vision_mlp_width = config.vision.encoder.mlp_width,
                             .transformer_mlp_width = config.text.encoder.mlp_width,
                             .vision_activation = activation_name(config.vision.encoder.activation),
                             .transformer_activation = activation_name(config.text.encoder.activation),
                             .vision_epsilon = epsilon_of(config.vision.encoder.epsilon),
                             .transformer_epsilon = epsilon_of(config.text.encoder.epsilon)};
  if (config.text.pooling == Pooling::first_eos) arguments.eos_token_id = config.text.eos_token_id;
  return arguments;
}

LayerConfig CLIPArguments::to_config() const {
  CLIPArguments spelt_out = of(engine_config());
  spelt_out.vision_epsilon = vision_epsilon;
  spelt_out.transformer_epsilon = transformer_epsilon;
  LayerConfig config;
  for (const auto& [name, field] : kSizes) config.emplace(name, spelt_out.*field);
  for (const auto& [name, field] : kOptionalSizes) {
    if (spelt_out.*field) config.emplace(name, *(spelt_out.*field));
  }
  for (const auto& [name, field] : kActivations) config.emplace(name, spelt_out.*field);
  for (const auto& [name, field] : kEpsilons) config.emplace(name, spelt_out.*field);
  return config;
}

CLIPArguments CLIPArguments::from_config(const LayerConfig& config) {
  CLIPArguments arguments;
  std::vector<std::string_view> names;
  const auto read = [&](const auto& fields) {
    for (const auto& [name, field] : fields) {
      names.push_back(name);
      using T = std::remove_cvref_t<decltype(arguments.*field)>;
      arguments.*field = config_value<T>(config, name, arguments.*field);
    }
  };
  read(kSizes);
  read(kActivations);
  read(kEpsilons);
  for (const auto& [name, field] : kOptionalSizes) {
    names.push_back(name);
    if (config.contains(name)) arguments.*field = config_value<std::int64_t>(config, name);
  }
  check_arguments(config, std::span<const std::string_view>(names));
  return arguments;
}

std::optional<CLIPArguments> CLIPArguments::of_preset(std::string_view name) {
  if (name == "clip-vit-base-patch16") return CLIPArguments{.vision_patch_size = 16};
  if (name == "clip-vit-base-patch32") return CLIPArguments{};
  if (name == "clip-vit-large-patch14") return large(224);
  if (name == "clip-vit-large-patch14-336") return large(336);
  return std::nullopt;
}

}  // namespace sightline::keras
