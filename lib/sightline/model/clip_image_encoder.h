// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sightline/model/clip_patching_and_embedding.h"
#include "sightline/model/encoder.h"
#include "sightline/nn/clip_encoder.h"

namespace sightline {

/// CLIP's vision transformer and its projection.
/// Source:  KerasCV `CLIPImageEncoder`; transformers `CLIPVisionModelWithProjection`.
class CLIPImageEncoder : public ImageEncoder {
 public:
  /// `root` is the scope of the whole checkpoint (`vision_model`, `visual_projection`).
  CLIPImageEncoder(const WeightScope& root, const CLIPConfig& config, const GemmBackend& backend);

  /// KerasCV's arguments.
  struct Arguments {
    std::int64_t input_resolution;
    std::int64_t patch_size;
    std::int64_t width;
    std::int64_t num_layers;
    std::int64_t heads;
    std::int64_t output_dim;
  };
  /// With initial weights of its own. Errors: range.
  explicit CLIPImageEncoder(const Arguments& arguments, const Untrained& untrained = {});
  /// From what `get_config` gives. Errors: missing, type, range.
  static std::unique_ptr<CLIPImageEncoder> from_config(const LayerConfig& config,
                                                       const Untrained& untrained = {});
  LayerConfig get_config() const override;
  /// [B, ...] -> [B, E].
  Shape compute_output_shape(const Shape& input_shape) const override;
  std::vector<Shape> sublayer_inputs(const Shape& input_shape) const override;

  void operator()(TensorView<const float> pixels, TensorView<float> embeddings,
                  Context& context) const override;

  /// Rows of one picture in the residual stream.
  std::int64_t tokens() const { return embedding_.tokens(); }
  const CLIPPatchingAndEmbedding& patching_and_embedding() const { return embedding_; }
  const LayerNormalization& pre_norm() const { return pre_norm_; }
  const CLIPEncoder& encoder() const { return encoder_; }

 private:
  void encode(TensorView<const float> pixels, TensorView<float> embeddings, Context& context) const;

  CLIPPatchingAndEmbedding embedding_;
  LayerNormalization pre_norm_;
  CLIPEncoder encoder_;
  LayerNormalization post_norm_;
  Dense projection_;
  std::int64_t image_size_, patch_size_, channels_;
};

}  // namespace sightline
