// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "sightline/nn/transformer_encoder.h"
#include "support/random_values.h"

namespace sightline::testing {

/// A checkpoint in memory with seeded values.
class SmallWeights {
 public:
  Weights& weights() { return weights_; }
  WeightScope root() const { return WeightScope(weights_); }

  void add(const std::string& name, Shape shape, float scale) {
    auto values = std::make_shared<const std::vector<float>>(random_values(shape.elements(), ++seed_, scale));
    weights_.add(name, {DType::f32, shape, std::as_bytes(std::span(*values))});
    weights_.keep(values);
  }
  void add_linear(const std::string& name, std::int64_t in, std::int64_t out) {
    add(name + ".weight", Shape{out, in}, 1 / std::sqrt(static_cast<float>(in)));
    add(name + ".bias", Shape{out}, 0.1F);
  }
  void add_attention(const std::string& name, std::int64_t width) {
    for (const char* part : {"q_proj", "k_proj", "v_proj", "out_proj"})
      add_linear(name + "." + part, width, width);
  }
  void add_encoder(const EncoderConfig& config) {
    for (std::int64_t i = 0; i < config.layers; ++i) {
      const std::string block = "layers." + std::to_string(i) + ".";
      for (const char* norm : {"layer_norm1", "layer_norm2"}) {
        add(block + norm + ".weight", Shape{config.width}, 1);
        add(block + norm + ".bias", Shape{config.width}, 0.1F);
      }
      add_attention(block + "self_attn", config.width);
      add_linear(block + "mlp.fc1", config.width, config.mlp_width);
      add_linear(block + "mlp.fc2", config.mlp_width, config.width);
    }
  }

 private:
  Weights weights_;
  unsigned seed_ = 0;
};

inline EncoderConfig small_encoder(std::int64_t width = 48, std::int64_t heads = 4) {
  EncoderConfig config;
  config.width = width;
  config.heads = heads;
  config.mlp_width = width * 4 + 8;
  config.layers = 3;
  return config;
}

}  // namespace sightline::testing
