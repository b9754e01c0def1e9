// SPDX-License-Identifier: Apache-2.0
#include "sightline/keras/clip_initializers.h"

#include <cmath>
#include <cstring>
#include <string>

#include "sightline/keras/counter_random.h"
#include "sightline/keras/initializers.h"

namespace sightline::keras {
namespace {

constexpr float kLogitScale = 2.6592600F;  // ln(1 / 0.07), as config.json writes it
constexpr double kEmbeddingDeviation = 0.02;

bool is_dense(std::string_view name, std::string_view layer) {
  return name.ends_with(std::string(layer) + ".weight");
}

Initializer initializer_of(std::string_view name, const Shape& shape, std::int64_t layers,
                           std::uint64_t seed) {
  const auto normal = [seed](double deviation) { return initializers::RandomNormal(0, deviation, seed); };
  const auto inverse_root = [](std::int64_t size) { return 1 / std::sqrt(static_cast<double>(size)); };
  const double depth = inverse_root(2 * layers);
  if (name.ends_with("logit_scale")) return initializers::Constant(kLogitScale);
  if (name.ends_with(".bias") || name == "bias") return initializers::Zeros();
  if (name.ends_with("class_embedding")) return normal(inverse_root(shape[0]));
  if (name.find("embedding") != std::string_view::npos) return normal(kEmbeddingDeviation);
  if (shape.rank() == 1) return initializers::Ones();  // the gamma of a norm
  for (const char* projection : {"q_proj", "k_proj", "v_proj"}) {
    if (is_dense(name, projection)) return normal(inverse_root(shape[1]) * depth);
  }
  if (is_dense(name, "fc1")) return normal(inverse_root(2 * shape[1]));
  if (is_dense(name, "fc2")) return normal(inverse_root(shape[0]) * depth);
  return normal(inverse_root(shape.last()));  // out_proj and the projections into the embedding
}

}  // namespace

Weights initial_weights(std::int64_t vision_layers, std::int64_t text_layers,
                        std::optional<std::uint64_t> seed) {
  Weights weights;
  weights.make_missing([vision_layers, text_layers, base = seed ? *seed : next_seed()](std::string_view name,
                                                                                       const Shape& shape) {
    const std::int64_t layers = name.starts_with("vision_model") ? vision_layers : text_layers;
    const Initializer initializer = initializer_of(name, shape, layers, derived_seed(base, name));
    return StoredTensor::deferred(DType::f32, shape, [initializer, shape](std::span<std::byte> bytes) {
      const Tensor values = initializer(shape);
      std::memcpy(bytes.data(), values.data(), bytes.size());
    });
  });
  return weights;
}

}  // namespace sightline::keras
