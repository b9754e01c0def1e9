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
  const Weights& weights() const { return weights_; }
  WeightScope root() const { return WeightScope(weights_); }

  void add(const std::string& name, Shape shape, float scale) {
    auto values = std::make_shared<const std::vector<float>>(random_values(shape.elements(), ++seed_, scale));
    weights_.add(name, {DType::f32, shape, std::as_bytes(std::span(*values))});
    weights_.keep(values);
  }
  void add_linear(const std::string& name, std::int64_t in, std::int64_t out, bool bias = true) {
    add(name + ".weight", Shape{out, in}, 1 / std::sqrt(static_cast<float>(in)));
    if (bias) add(name + ".bias", Shape{out}, 0.1F);
  }
  void add_norm(const std::string& name, std::int64_t width) {
    add(name + ".weight", Shape{width}, 1);
    add(name + ".bias", Shape{width}, 0.1F);
  }
  void add_attention(const std::string& name, std::int64_t width, bool key_bias = true) {
    for (const std::string part : {"q_proj", "k_proj", "v_proj", "out_proj"})
      add_linear(name + "." + part, width, width, key_bias || part != "k_proj");
  }
  void add_encoder(const EncoderConfig& config) {
    for (std::int64_t i = 0; i < config.layers; ++i) {
      const std::string block = "layers." + std::to_string(i) + ".";
      for (const char* norm : {"layer_norm1", "layer_norm2"}) add_norm(block + norm, config.width);
      add_attention(block + "self_attn", config.width, config.key_bias);
      if (config.attention_norm) add_norm(block + "self_attn.norm", config.width);
      if (config.mlp == MlpKind::swiglu) add_linear(block + "mlp.gate", config.width, config.mlp_width);
      if (config.mlp_norm) add_norm(block + "mlp.norm", config.mlp_width);
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
