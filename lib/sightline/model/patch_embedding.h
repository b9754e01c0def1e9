// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "sightline/model/config.h"
#include "sightline/nn/vector_weight.h"
#include "sightline/weights/weights.h"

namespace sightline {

/// Splits images into patches, projects each (a convolution without bias whose stride is its kernel size),
/// prepends the class embedding and adds the position embedding. Weights: `patch_embedding.weight` [W, C, p,
/// p], `class_embedding` [W], `position_embedding.weight` [tokens, W]. Source:  transformers
/// `CLIPVisionEmbeddings`.
class PatchEmbedding {
 public:
  PatchEmbedding(const WeightScope& scope, const ImageTowerConfig& config, const GemmBackend& backend);

  /// Number of rows of an image: one for the class embedding and one per patch. A remainder narrower than a
  /// patch is ignored.
  std::int64_t tokens() const { return patches_ * patches_ + 1; }
  /// Shapes:  pixels [B, C * H * W] -> x [B * tokens(), W]. Errors: mismatch for other shapes.
  void operator()(TensorView<const float> pixels, TensorView<float> x, Context& context) const;

 private:
  void gather_patches(const float* image, float* rows) const;

  std::int64_t image_size_, patch_size_, channels_, patches_, width_;
  std::unique_ptr<PackedMatrix> kernel_;
  VectorWeight class_embedding_, positions_;
};

}  // namespace sightline
