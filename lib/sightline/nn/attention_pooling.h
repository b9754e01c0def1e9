// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>

#include "sightline/nn/attention_pooling_config.h"
#include "sightline/nn/multi_head_attention.h"
#include "sightline/nn/residual_mlp.h"
#include "sightline/nn/transformer_encoder.h"

namespace sightline {

/// Pools the rows of each sequence with a learned query that attends to all of them. Norms of the query and
/// of the rows come before, or an MLP with a residual connection follows. Weights: `probe` [1, 1, W], and
/// those of `attention`; of `query_norm` and `row_norm`; of `layernorm`, `mlp.fc1` and `mlp.fc2`.
/// Source:  transformers `SiglipMultiheadAttentionPoolingHead`; open_clip `AttentionalPooler`.
class AttentionPooling {
 public:
  /// Errors: range if the width is not a multiple of the number of heads.
  AttentionPooling(const WeightScope& scope, const AttentionPoolingConfig& config,
                   const GemmBackend& backend);

  /// Shapes:  x [sum of lengths, R] holds the S sequences one after another -> pooled [S, W]; their pooled
  /// positions are ignored. Errors: mismatch for other shapes.
  void operator()(TensorView<const float> x, std::span<const Sequence> sequences, TensorView<float> pooled,
                  Context& context) const;

 private:
  VectorWeight probe_;
  std::optional<LayerNorm> query_norm_, row_norm_;
  MultiHeadAttention attention_;
  std::optional<ResidualMLP> mlp_;
  std::int64_t width_, row_width_;
};

}  // namespace sightline
