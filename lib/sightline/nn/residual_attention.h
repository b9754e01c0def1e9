// SPDX-License-Identifier: Apache-2.0
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

  /// KerasCV's: the MLP four times as wide, the rest as above. Errors: range.
  static EncoderConfig of(std::int64_t width, std::int64_t num_layers, std::int64_t heads);
};

/// One transformer block: x + attention(norm(x)), then x + mlp(norm(x)).
/// Source:  KerasCV `ResidualAttention`; transformers `CLIPEncoderLayer`.
class ResidualAttention : public Layer {
 public:
  ResidualAttention(const WeightScope& scope, const EncoderConfig& config, Mask mask,
                    const GemmBackend& backend);

  /// KerasCV's arguments; `num_hidden_layers` scales the initial values. The MLP is four times as wide.
  struct Arguments {
    std::int64_t proj_dim;
    std::int64_t num_heads;
    std::int64_t num_hidden_layers;
    Mask mask = Mask::none;
  };
  /// With initial weights of its own. Errors: range when the heads do not divide the width.
  explicit ResidualAttention(const Arguments& arguments, const Untrained& untrained = {});
  /// From what `get_config` gives. Errors: missing, type, range.
  static std::unique_ptr<ResidualAttention> from_config(const LayerConfig& config,
                                                        const Untrained& untrained = {});
  LayerConfig get_config() const override;
  Shape compute_output_shape(const Shape& input_shape) const override { return input_shape; }

  /// Shapes:  x [R, W], changed in place; every row of a span asks. Errors: as CLIPAttention.
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
  EncoderConfig config_;
  Mask mask_;
};

}  // namespace sightline
