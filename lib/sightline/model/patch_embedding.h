// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>

#include "sightline/model/config.h"
#include "sightline/nn/vector_weight.h"
#include "sightline/weights/weights.h"

namespace sightline {

/// Splits images into patches, projects each (a convolution whose stride is its kernel size), prepends the
/// class embedding and adds the position embedding. Weights: `patch_embedding.weight` [W, C, p, p] and, if
/// the config has them, `patch_embedding.bias` [W] and `class_embedding` [W]; `position_embedding.weight`
/// [tokens, W]. Source:  transformers `CLIPVisionEmbeddings`, `SiglipVisionEmbeddings`.
class PatchEmbedding {
 public:
  PatchEmbedding(const WeightScope& scope, const ImageTowerConfig& config, const GemmBackend& backend);

  /// Number of rows of an image (`ImageTowerConfig::tokens`).
  std::int64_t tokens() const { return tokens_; }
  /// Shapes:  pixels [B, C * H * W] -> x [B * tokens(), W]. Errors: mismatch for other shapes.
  void operator()(TensorView<const float> pixels, TensorView<float> x, Context& context) const;

 private:
  void gather_patches(const float* image, float* rows) const;

  std::int64_t image_size_, patch_size_, channels_, patches_, tokens_, width_;
  std::unique_ptr<PackedMatrix> kernel_;
  std::optional<VectorWeight> bias_, class_embedding_;
  VectorWeight positions_;
};

}  // namespace sightline
