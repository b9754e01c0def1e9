// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/config_shapes.h"

#include <cmath>
#include <set>
#include <string>

#include "sightline/base/error.h"
#include "sightline/model/config_section.h"

namespace sightline {
namespace {

// The shape of a required tensor, which must have `rank` dimensions.
Shape shape_of(const Weights& weights, const std::string& name, int rank) {
  const StoredTensor* tensor = weights.find(name);
  if (tensor == nullptr) fail(ErrorCode::missing, name, "is not in the weights");
  if (tensor->shape.rank() != rank) {
    fail(ErrorCode::mismatch, name,
         "has shape " + to_string(tensor->shape) + ", expected " + std::to_string(rank) + " dimensions");
  }
  return tensor->shape;
}

std::int64_t in_range(std::int64_t size, std::int64_t high, const std::string& name) {
  if (size >= 1 && size <= high) return size;
  fail(ErrorCode::range, name,
       "has a size of " + std::to_string(size) + ", expected 1 to " + std::to_string(high));
}

std::int64_t layers_below(const Weights& weights, const std::string& prefix) {
  std::set<std::string> numbers;
  for (const std::string& name : weights.names()) {
    if (name.starts_with(prefix))
      numbers.insert(name.substr(prefix.size(), name.find('.', prefix.size()) - prefix.size()));
  }
  return in_range(static_cast<std::int64_t>(numbers.size()), kMaxLayers, prefix + "*");
}

EncoderConfig read_encoder(const Weights& weights, const std::string& tower, std::int64_t width) {
  EncoderConfig config;
  config.width = width;
  config.layers = layers_below(weights, tower + ".encoder.layers.");
  const std::string mlp = tower + ".encoder.layers.0.mlp.fc1.weight";
  config.mlp_width = in_range(shape_of(weights, mlp, 2)[0], kMaxMlpWidth, mlp);
  return config;
}

ImageTowerConfig read_vision(const Weights& weights) {
  const std::string prefix = "vision_model.embeddings.";
  const std::string kernel = prefix + "patch_embedding.weight",
                    positions = prefix + "position_embedding.weight";
  const Shape patch = shape_of(weights, kernel, 4);
  ImageTowerConfig config;
  config.encoder = read_encoder(weights, "vision_model", in_range(patch[0], kMaxWidth, kernel));
  config.patch_size = in_range(patch[2], kMaxImage, kernel);
  const std::int64_t tokens = shape_of(weights, positions, 2)[0];
  const auto side = std::llround(std::sqrt(static_cast<double>(tokens - 1)));
  if (tokens < 2 || side > kMaxImage || side * side != tokens - 1) {
    fail(ErrorCode::mismatch, positions,
         "has " + std::to_string(tokens) + " rows, expected one more than a square number of patches");
  }
  config.image_size = in_range(side * config.patch_size, kMaxImage, positions);
  return config;
}

TextTowerConfig read_text(const Weights& weights) {
  const std::string prefix = "text_model.embeddings.";
  const std::string tokens = prefix + "token_embedding.weight",
                    positions = prefix + "position_embedding.weight";
  const Shape table = shape_of(weights, tokens, 2);
  TextTowerConfig config;
  config.encoder = read_encoder(weights, "text_model", in_range(table[1], kMaxWidth, tokens));
  config.vocabulary_size = in_range(table[0], kMaxVocabulary, tokens);
  config.context_length = in_range(shape_of(weights, positions, 2)[0], kMaxContext, positions);
  config.pooling = Pooling::largest_id;
  return config;
}

void set_heads(EncoderConfig& config, std::string_view tower) {
  constexpr std::int64_t kHeadWidth = 64;
  config.heads = config.width / kHeadWidth;
  if (config.width % kHeadWidth == 0) return;
  fail(ErrorCode::missing, "config.json",
       "does not exist, and the number of heads of the " + std::string(tower) +
           " cannot be derived from its width " + std::to_string(config.width) +
           ", which is not a multiple of 64; put a config.json next to the weights");
}

}  // namespace

ModelConfig config_from_shapes(const Weights& weights) {
  ModelConfig config;
  config.vision = read_vision(weights);
  config.text = read_text(weights);
  const std::string projection = "visual_projection.weight";
  config.projection_dim = in_range(shape_of(weights, projection, 2)[0], kMaxWidth, projection);
  return config;
}

void set_heads_of_64(ModelConfig& config) {
  set_heads(config.vision.encoder, "image tower");
  set_heads(config.text.encoder, "text tower");
}

}  // namespace sightline
