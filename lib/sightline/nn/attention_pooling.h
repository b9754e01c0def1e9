// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "sightline/nn/encoder_config.h"
#include "sightline/nn/multi_head_attention.h"
#include "sightline/nn/residual_mlp.h"
#include "sightline/nn/transformer_encoder.h"

namespace sightline {

/// Pools the rows of each sequence with a learned query that attends to all of them, followed by an MLP with
/// a residual connection. Weights: `probe` [1, 1, W], and those of `attention`, `layernorm`, `mlp.fc1` and
/// `mlp.fc2`. Source:  transformers `SiglipMultiheadAttentionPoolingHead`.
class AttentionPooling {
 public:
  /// Errors: range if the width is not a multiple of the number of heads.
  AttentionPooling(const WeightScope& scope, const EncoderConfig& config, const GemmBackend& backend);

  /// Shapes:  x [sum of lengths, W] holds the S sequences one after another -> pooled [S, W]; their pooled
  /// positions are ignored. Errors: mismatch for other shapes.
  void operator()(TensorView<const float> x, std::span<const Sequence> sequences, TensorView<float> pooled,
                  Context& context) const;

 private:
  VectorWeight probe_;
  MultiHeadAttention attention_;
  ResidualMLP mlp_;
  std::int64_t width_;
};

}  // namespace sightline
