// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sightline/model/config.h"
#include "sightline/model/token_batch.h"
#include "sightline/nn/embedding.h"
#include "sightline/nn/transformer_encoder.h"

namespace sightline {

/// CLIP's text transformer and its projection. Attention is causal, so rows after the pooled one are not
/// computed, and texts of different lengths are stored one after another without padding. Weights: those of
/// `text_model` and `text_projection`. const = safe to share.
/// Source:  transformers `CLIPTextModelWithProjection`.
class TextTower {
 public:
  /// `root` is the scope of the whole checkpoint. Errors: missing, mismatch, type (weights); range (config).
  TextTower(const WeightScope& root, const CLIPConfig& config, const GemmBackend& backend);

  /// Shapes:  B texts -> embeddings [B, E], not normalised.
  /// Errors:  range if an id is not in the vocabulary, or a text is empty or longer than the context;
  /// mismatch for embeddings of another shape.
  void operator()(const TokenBatch& texts, TensorView<float> embeddings, Context& context) const;

  /// The position whose output represents the text: that of the largest id if eos_token_id is 2 (legacy
  /// configs), else the first one with eos_token_id (0 if there is none, like the argmax of the reference).
  std::int64_t pooled_position(std::span<const std::int32_t> ids) const;
  /// Writes the token embedding plus position embedding of a text into x [ids, W].
  void embed(std::span<const std::int32_t> ids, TensorView<float> x) const;
  const TransformerEncoder& encoder() const { return encoder_; }
  const LayerNorm& final_norm() const { return final_norm_; }

 private:
  void encode(const TokenBatch& texts, std::int64_t begin, std::span<const Sequence> sequences,
              TensorView<float> embeddings, Context& context) const;

  std::int64_t width_, context_length_, eos_token_id_;
  Embedding token_embedding_, position_embedding_;
  TransformerEncoder encoder_;
  LayerNorm final_norm_;
  Dense projection_;
};

}  // namespace sightline
