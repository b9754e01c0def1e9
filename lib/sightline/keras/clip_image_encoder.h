// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/keras/clip_encoder.h"
#include "sightline/keras/clip_patching_and_embedding.h"
#include "sightline/keras/dense_layer.h"
#include "sightline/keras/layer_normalization.h"

namespace sightline::keras {

/// KerasCV's CLIPImageEncoder: CLIP's vision transformer and its projection.
class CLIPImageEncoder : public Layer {
 public:
  /// KerasCV's arguments, and what it leaves out.
  struct Arguments {
    std::int64_t input_resolution;
    std::int64_t patch_size;
    std::int64_t width;
    std::int64_t num_layers;
    std::int64_t heads;
    std::int64_t output_dim;
    std::optional<std::int64_t> mlp_width = {};  ///< nothing = four times the width
    std::string activation = "quick_gelu";       ///< or "gelu"
    double epsilon = 1e-5;                       ///< of every norm
  };
  /// With initial weights. Errors: range for a size below 1, a patch larger than the image, heads that do not
  /// divide the width, an epsilon that is not above 0; unsupported for another activation, or a dtype other
  /// than float32.
  explicit CLIPImageEncoder(const Arguments& arguments, const LayerOptions& options = {});
  /// With the weights of a whole checkpoint (`vision_model`, `visual_projection`). Errors: also those of
  /// `WeightScope::require`.
  CLIPImageEncoder(const Arguments& arguments, const LayerOptions& options, const WeightScope& root);
  ~CLIPImageEncoder() override;
  /// From what `get_config` gives. Errors: missing, type, range, unsupported.
  static std::unique_ptr<CLIPImageEncoder> from_config(const LayerConfig& config);
  LayerConfig get_config() const override;

  using Layer::call;
  /// [B, 3, H, W] -> embeddings [B, E], not normalised. Errors: mismatch; corrupt when an embedding is not
  /// finite.
  Tensor call(TensorView<const float> inputs) override { return encode(inputs); }
  /// The same without the bookkeeping of a call. const = safe to share.
  Tensor encode(TensorView<const float> images) const;
  /// [B, 3, H, W] -> [B, E]; -1 is any size. Errors: mismatch.
  Shape compute_output_shape(const Shape& input_shape) const override;
  void quantize(std::string_view mode) override { quantize_parts(mode); }
  bool has_int8_form() const override { return true; }

  const Arguments& arguments() const { return arguments_; }
  /// Positions of one image in the residual stream.
  std::int64_t tokens() const { return embedding_.tokens(); }
  CLIPPatchingAndEmbedding& patching_and_embedding() { return embedding_; }
  CLIPEncoder& encoder() { return encoder_; }
  const CLIPEncoder& encoder() const { return encoder_; }

  /// Adds the weights to `weights` under Hugging Face's names.
  void collect(Weights& weights) const;

 private:
  struct Compute;
  void weights_changed() override;

  Arguments arguments_;
  CLIPPatchingAndEmbedding embedding_;
  LayerNormalization ln_1_;
  CLIPEncoder encoder_;
  LayerNormalization ln_2_;
  Dense projection_;
  std::unique_ptr<Compute> compute_;
};

}  // namespace sightline::keras
