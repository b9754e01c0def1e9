// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "sightline/model/class_row_texts.h"
#include "sightline/model/config.h"
#include "sightline/model/prefix_tree.h"
#include "sightline/model/projection.h"
#include "sightline/model/token_batch.h"
#include "sightline/nn/embedding.h"
#include "sightline/nn/transformer_encoder.h"

namespace sightline {

/// A text transformer and its projection. If attention is causal, rows after the pooled one are not computed,
/// and texts that begin with the same ids share the rows of these ids (`PrefixTree`). Padding is computed
/// only if it takes part (`TextTowerConfig::pad_id`). Weights: those of `text_model` and of the projection.
/// const = safe to share. Source:  transformers `CLIPTextModelWithProjection`, `SiglipTextModel`,
/// `ChineseCLIPTextModel`; open_clip `TextTransformer`.
class TextTower {
 public:
  /// `root` is the scope of the whole checkpoint. Errors: missing, mismatch, type (weights); range (config).
  TextTower(const WeightScope& root, const ModelConfig& config, const GemmBackend& backend);

  /// Computes all texts in one pass, whose memory grows with their distinct prefixes (`PassPlan`).
  /// Shapes:  B texts -> embeddings [B, E], not normalised.
  /// Errors:  range if an id is not in the vocabulary, or a text is empty or longer than the context;
  /// mismatch for embeddings of another shape.
  void operator()(const TokenBatch& texts, TensorView<float> embeddings, Context& context) const;

  /// The same for texts in the order of `sort_by_ids`; the embedding of each is written to the row of its
  /// index.
  void operator()(std::span<const TextIds> sorted, TensorView<float> embeddings, Context& context) const;
  /// The texts of a batch in the order of `sort_by_ids`, cut at their pooled position; valid as long as the
  /// batch. Errors: range.
  std::vector<TextIds> sorted(const TokenBatch& texts) const;

  /// The position whose output represents the text (`Pooling`), counted with its padding; the last one if it
  /// is the mean of all.
  std::int64_t pooled_position(std::span<const std::int32_t> ids) const;
  /// The ids that have an effect: those up to the pooled position if attention is causal, and those before
  /// the padding. Errors: range for a text that is empty or longer than the context.
  std::span<const std::int32_t> pooled_ids(std::span<const std::int32_t> ids) const;
  /// Writes the sums of the embeddings (of token, token type and position) of a text from position `first` on
  /// into x [rows, W]; padding follows the ids. Errors: range if an id is not in the vocabulary.
  void embed(std::span<const std::int32_t> ids, std::int64_t first, TensorView<float> x) const;
  const TransformerEncoder& encoder() const { return encoder_; }
  /// The norm after the last block; null if the tower has none.
  const LayerNorm* final_norm() const { return final_norm_ ? &*final_norm_ : nullptr; }

 private:
  void pool(TensorView<float> x, const EncoderSpans& spans, TensorView<float> pooled, Context& context) const;
  template <class Rows>
  void embed_rows(const Rows& rows, TensorView<float> x) const;
  void embed_rows(const ClassRowTexts& rows, TensorView<float> x) const;
  template <class Rows>
  void compute(const Rows& rows, std::span<const TextIds> sorted, TensorView<float> embeddings,
               Context& context) const;

  TextTowerConfig config_;
  std::int64_t width_;
  Embedding token_embedding_, position_embedding_;
  std::optional<Embedding> token_types_;
  std::optional<VectorWeight> class_embedding_;
  std::optional<LayerNorm> embedding_norm_;
  TransformerEncoder encoder_;
  std::optional<LayerNorm> final_norm_;
  std::optional<Projection> projection_;
  std::int64_t units_;  ///< E
};

}  // namespace sightline
