// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "sightline/model/config.h"
#include "sightline/nn/layer.h"
#include "sightline/nn/vector_weight.h"

namespace sightline {

/// Cuts pictures into patches, projects each (a convolution whose stride is its kernel, without bias), puts
/// the class embedding in front and adds the positions. Source:  KerasCV `CLIPPatchingAndEmbedding`;
/// transformers `CLIPVisionEmbeddings`.
class CLIPPatchingAndEmbedding : public Layer {
 public:
  CLIPPatchingAndEmbedding(const WeightScope& scope, const CLIPVisionConfig& config,
                           const GemmBackend& backend);

  /// Rows of one picture: the class embedding and its patches (a remainder narrower than a patch is left
  /// out).
  std::int64_t tokens() const { return patches_ * patches_ + 1; }
  /// Shapes:  pixels [B, 3 * H * W] -> x [B * tokens(), W].
  void operator()(TensorView<const float> pixels, TensorView<float> x, Context& context) const;
  /// [B, ...] -> [B, tokens(), W].
  Shape compute_output_shape(const Shape& input_shape) const override {
    return Shape{input_shape[0], tokens(), width_};
  }

 private:
  void weights_changed() override;
  void gather_patches(const float* picture, float* rows) const;

  std::int64_t image_size_, patch_size_, channels_, patches_, width_;
  const GemmBackend& backend_;
  std::unique_ptr<PackedMatrix> kernel_;
  VectorWeight class_embedding_, positions_;
};

}  // namespace sightline
