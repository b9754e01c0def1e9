// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "sightline/keras/layer.h"

namespace sightline {
class WeightScope;
class Weights;
}  // namespace sightline

namespace sightline::keras {

/// KerasCV's CLIPPatchingAndEmbedding: cuts images into patches, projects each (a convolution whose stride is
/// its kernel, without bias), puts the class embedding in front and adds the positions. Weights under
/// KerasCV's names: patch_embed.class_embedding [W], patch_embed.positional_embedding [1 + patches, W], and
/// the kernel [W, 3, p, p] of the sublayer patch_embed.embedding (KerasCV keeps it as [p, p, 3, W]).
class CLIPPatchingAndEmbedding : public Layer {
 public:
  /// KerasCV's arguments; `output_dim` is recorded, as there.
  struct Arguments {
    std::int64_t width;
    std::int64_t patch_size;
    std::int64_t input_resolution;
    std::int64_t output_dim;
  };
  /// With initial weights. Errors: range for a size below 1, or a patch larger than the image; unsupported
  /// for a dtype other than float32.
  explicit CLIPPatchingAndEmbedding(const Arguments& arguments, const LayerOptions& options = {});
  /// With the weights of a scope (`class_embedding`, ...). Errors: also those of `WeightScope::require`.
  CLIPPatchingAndEmbedding(const Arguments& arguments, const LayerOptions& options, const WeightScope& scope);
  ~CLIPPatchingAndEmbedding() override;
  /// From what `get_config` gives. Errors: missing, type, range, unsupported.
  static std::unique_ptr<CLIPPatchingAndEmbedding> from_config(const LayerConfig& config);
  LayerConfig get_config() const override;

  using Layer::call;
  /// [B, 3, H, W] -> [B, tokens(), width]. Errors: mismatch.
  Tensor call(TensorView<const float> inputs) override;
  Shape compute_output_shape(const Shape& input_shape) const override;

  /// Positions of one image: the class embedding and its patches (a remainder narrower than a patch is left
  /// out).
  std::int64_t tokens() const;

  /// Adds the weights to `weights` under Hugging Face's names below `prefix`.
  void collect(Weights& weights, const std::string& prefix) const;

 private:
  class PatchKernel;
  struct Compute;
  void weights_changed() override;

  Arguments arguments_;
  Variable* class_embedding_ = nullptr;
  Variable* positional_embedding_ = nullptr;
  std::unique_ptr<PatchKernel> kernel_;
  std::unique_ptr<Compute> compute_;
};

}  // namespace sightline::keras
