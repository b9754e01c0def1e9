// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "sightline/nn/encoder_config.h"
#include "sightline/nn/layer_norm.h"
#include "sightline/nn/multi_head_attention.h"
#include "sightline/nn/residual_mlp.h"

namespace sightline {

/// One transformer block: x + attention(norm(x)), then x + mlp(norm(x)), or with its norms elsewhere
/// (`NormOrder`). Weights: those of `layer_norm1`, `self_attn`, `layer_norm2` and `mlp`.
/// Source:  transformers `CLIPEncoderLayer`, `BertLayer`; timm `EvaBlock`, `EvaBlockPostNorm`.
class TransformerBlock {
 public:
  /// Errors: range if the width is not a multiple of the number of heads.
  TransformerBlock(const WeightScope& scope, const EncoderConfig& config, Mask mask,
                   const GemmBackend& backend, std::shared_ptr<const RotaryTable> rotary = nullptr);

  /// Computes every position of every span in place. Shapes:  x [R, W]. Errors: as MultiHeadAttention.
  void operator()(TensorView<float> x, std::span<const AttentionSpan> spans, Context& context) const;
  /// Computes one row of each span (`queries` is 1, the row is `position` or that of `rows`, which need not
  /// be one of the span's): keys and values of all rows, and everything else for that row only. Shapes:
  /// x [R, W] -> pooled [S, W]. Errors: as MultiHeadAttention; mismatch for rows that do not exist.
  void pool(TensorView<const float> x, std::span<const AttentionSpan> spans, TensorView<float> pooled,
            Context& context, std::span<const std::int64_t> rows = {}) const;

 private:
  void add_branch(TensorView<float> residual, TensorView<const float> queries,
                  TensorView<const float> sequence, std::span<const AttentionSpan> spans,
                  Context& context) const;

  NormOrder order_;
  LayerNorm norm1_;
  MultiHeadAttention attention_;
  ResidualMLP mlp_;
};

}  // namespace sightline
