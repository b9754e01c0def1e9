// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstring>
#include <string>

#include "sightline/model/expected_weights.h"
#include "sightline/model/model.h"
#include "support/random_values.h"

namespace sightline::testing {

/// The parts of a model of these sizes with seeded values, for the constructor of `Model`. The tensors are
/// deferred, so even a large model uses no memory until it computes.
inline LoadedModel random_model(const ModelConfig& config, unsigned seed = 0) {
  LoadedModel model;
  model.config = config;
  model.preprocessor = PreprocessorConfig::defaults(config.vision.image_size);
  for (const ExpectedWeight& weight : expected_weights(config)) {
    const std::int64_t count = weight.shape.elements();
    const float scale = 1 / std::sqrt(static_cast<float>(weight.shape.rank() == 0 ? 1 : weight.shape.last()));
    model.weights.add(weight.name,
                      StoredTensor::deferred(DType::f32, weight.shape, [=](std::span<std::byte> out) {
                        const std::vector<float> values = random_values(count, seed, scale);
                        std::memcpy(out.data(), values.data(), out.size());
                      }));
    ++seed;
  }
  return model;
}

/// Pools at the first `eos_token_id`.
inline void pool_at(TextTowerConfig& config, std::int64_t eos_token_id) {
  config.pooling = Pooling::first_eos;
  config.eos_token_id = eos_token_id;
}

/// A small config in which every value differs from its default.
inline ModelConfig small_config() {
  ModelConfig config;
  config.vision.encoder = {.width = 128, .heads = 2, .mlp_width = 512, .layers = 2};
  config.vision.image_size = 32;
  config.vision.patch_size = 16;
  config.text.encoder = {.width = 32, .heads = 2, .mlp_width = 128, .layers = 3};
  config.text.vocabulary_size = 50;
  config.text.context_length = 9;
  config.text.pooling = Pooling::largest_id;
  config.projection_dim = 24;
  return config;
}

}  // namespace sightline::testing
