#pragma once

#include <span>

#include "sightline/nn/clip_attention.h"
#include "sightline/nn/dense.h"
#include "sightline/nn/layer_normalization.h"

namespace sightline {

/// What the blocks of one tower have in common. Read from the checkpoint's config, never guessed.
struct EncoderConfig {
  std::int64_t width = 0;      ///< W, size of the residual stream
  std::int64_t heads = 0;      ///< H; the head width is W / H
  std::int64_t mlp_width = 0;  ///< size between the two dense layers of the MLP
  std::int64_t layers = 0;
  float epsilon = 1e-5F;  ///< of every layer normalization
  Activation activation = Activation::quick_gelu;
};

/// One transformer block: x + attention(norm(x)), then x + mlp(norm(x)).
/// Source:  KerasCV `ResidualAttention`; transformers `CLIPEncoderLayer`.
class ResidualAttention : public Layer {
 public:
  ResidualAttention(const WeightScope& scope, const EncoderConfig& config, Mask mask,
                    const GemmBackend& backend);

  /// Shapes:  x [R, W], changed in place; every row of a span asks.
  void operator()(TensorView<float> x, std::span<const AttentionSpan> spans, Context& context) const;
  /// The same for one row of each span (`queries` 1, at `position`): keys and values of all rows, everything
  /// else for that row only. Shapes:  x [R, W] -> pooled [S, W].
  void pool(TensorView<const float> x, std::span<const AttentionSpan> spans, TensorView<float> pooled,
            Context& context) const;

 private:
  void add_mlp(TensorView<float> x, Context& context) const;

  LayerNormalization ln_1_;
  CLIPAttention attention_;
  LayerNormalization ln_2_;
  Dense fc1_, fc2_;
};

}  // namespace sightline
