// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "sightline/model/image_batch.h"
#include "sightline/model/patch_embedding.h"
#include "sightline/model/projection.h"
#include "sightline/nn/attention_pooling.h"
#include "sightline/nn/transformer_encoder.h"

namespace sightline {

/// A vision transformer, with the parts that its config names, and its projection. Weights: those of
/// `vision_model` and of the projection. const = safe to share.
/// Source:  transformers `CLIPVisionModelWithProjection`, `SiglipVisionModel`, `Siglip2VisionModel`; timm
/// `VisionTransformer`, `Eva`.
class ImageTower {
 public:
  /// `root` is the scope of the whole checkpoint. Errors: missing, mismatch, type (weights); range (config).
  ImageTower(const WeightScope& root, const ModelConfig& config, const GemmBackend& backend);

  /// Computes all images in one pass, whose memory grows with their number (`PassPlan`).
  /// Shapes:  embeddings [B, E], not normalised. Errors: mismatch for other shapes, and for sizes that the
  /// tower does not take.
  void operator()(const ImageBatch& images, TensorView<float> embeddings, Context& context) const;
  /// The same for images of the config's size. Shapes:  pixels [B, C * H * W]. Errors: as above.
  void operator()(TensorView<const float> pixels, TensorView<float> embeddings, Context& context) const;

  /// Number of rows of an image of the config's size in the residual stream.
  std::int64_t tokens() const { return config_.tokens(); }
  const PatchEmbedding& patch_embedding() const { return embedding_; }
  /// The norm before the first block; null if the tower has none.
  const LayerNorm* pre_norm() const { return pre_norm_ ? &*pre_norm_ : nullptr; }
  const TransformerEncoder& encoder() const { return encoder_; }

 private:
  void pool(TensorView<float> x, std::span<const Sequence> sequences, TensorView<float> pooled,
            Context& context) const;
  void pool_mean(TensorView<const float> x, std::span<const Sequence> sequences,
                 TensorView<float> pooled) const;

  ImageTowerConfig config_;
  std::int64_t width_;
  PatchEmbedding embedding_;
  std::optional<LayerNorm> pre_norm_;
  TransformerEncoder encoder_;
  LayerNorm post_norm_;
  std::optional<AttentionPooling> attention_pooling_;
  std::optional<Projection> projection_;
  std::int64_t units_;  ///< E
};

}  // namespace sightline
