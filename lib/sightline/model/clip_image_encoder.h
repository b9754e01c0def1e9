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
};

}  // namespace sightline
