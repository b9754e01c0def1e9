// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "sightline/keras.h"

namespace sightline::testing {

/// Small, and what no default is.
inline const keras::CLIPArguments kSmall = {.embed_dim = 24,
                                            .image_resolution = 32,
                                            .vision_layers = 2,
                                            .vision_width = 128,
                                            .vision_patch_size = 16,
                                            .context_length = 9,
                                            .vocab_size = 50,
                                            .transformer_width = 32,
                                            .transformer_heads = 2,
                                            .transformer_layers = 3};

/// `count` images for a model of this resolution.
inline Tensor some_images(std::int64_t count, std::int64_t resolution = 32) {
  Tensor images(Shape{count, 3, resolution, resolution});
  for (std::int64_t i = 0; i < images.view().elements(); ++i)
    images.data()[i] = static_cast<float>(i % 251) / 125 - 1;
  return images;
}

inline Tensor ids_of(Shape shape, const std::vector<std::int32_t>& ids) {
  Tensor tensor(shape, DType::i32);
  std::copy(ids.begin(), ids.end(), tensor.data<std::int32_t>());
  return tensor;
}

inline Tensor mask_of(Shape shape, const std::vector<int>& shown) {
  Tensor tensor(shape, DType::boolean);
  for (std::size_t i = 0; i < shown.size(); ++i) tensor.data<bool>()[i] = shown[i] != 0;
  return tensor;
}

inline std::vector<float> values_of(const Tensor& tensor) {
  return {tensor.data(), tensor.data() + tensor.view().elements()};
}

inline bool is_near(double actual, double expected, double tolerance) {
  return std::abs(actual - expected) <= tolerance;
}

/// Embeddings of two images.
inline std::vector<float> embedded(keras::CLIP& clip) {
  return values_of(clip.image_encoder()(some_images(2, clip.arguments().image_resolution)));
}

}  // namespace sightline::testing
