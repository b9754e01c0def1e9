// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "sightline/nn/dense.h"
#include "sightline/nn/encoder_config.h"
#include "sightline/nn/layer_norm.h"
#include "sightline/nn/multi_head_attention.h"

namespace sightline {

/// One transformer block: x + attention(norm(x)), then x + mlp(norm(x)). Weights: those of `layer_norm1`,
/// `self_attn`, `layer_norm2`, `mlp.fc1` and `mlp.fc2`.
/// Source:  transformers `CLIPEncoderLayer`.
class TransformerBlock {
 public:
  /// Errors: range when the heads do not divide the width.
  TransformerBlock(const WeightScope& scope, const EncoderConfig& config, Mask mask,
                   const GemmBackend& backend);

  /// Every position of every span, in place. Shapes:  x [R, W]. Errors: as MultiHeadAttention.
  void operator()(TensorView<float> x, std::span<const AttentionSpan> spans, Context& context) const;
  /// The same for one row of each span (`queries` 1, at `position`): keys and values of all rows, everything
  /// else for that row only. Shapes:  x [R, W] -> pooled [S, W]. Errors: likewise.
  void pool(TensorView<const float> x, std::span<const AttentionSpan> spans, TensorView<float> pooled,
            Context& context) const;

 private:
  void add_mlp(TensorView<float> x, Context& context) const;

  LayerNorm norm1_;
  MultiHeadAttention attention_;
  LayerNorm norm2_;
  Dense fc1_, fc2_;
};

}  // namespace sightline
