// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>

#include "sightline/nn/clip_initializers.h"
#include "sightline/nn/dense.h"
#include "sightline/ops/attention.h"

namespace sightline {

/// `heads`, when they divide the width. Errors: range.
std::int64_t checked_heads(std::int64_t width, std::int64_t heads);

/// Errors: mismatch, with `layer` as its subject, when a span leaves its rows, or its queries theirs.
void check_spans(std::string_view layer, std::span<const AttentionSpan> spans, std::int64_t queries,
                 std::int64_t rows);

/// Multi-head attention with projections of its own for queries, keys, values and the result.
/// Source:  KerasCV `CLIPAttention`; transformers `CLIPAttention` (eager).
class CLIPAttention : public Layer {
 public:
  CLIPAttention(const WeightScope& scope, std::int64_t width, std::int64_t heads, Mask mask,
                const GemmBackend& backend, std::int64_t num_hidden_layers = 1);

  /// KerasCV's arguments. `num_hidden_layers` scales the initial values; `dropout` is recorded: it does
  /// nothing outside training. KerasCV gives the mask to the call, here it is the layer's.
  struct Arguments {
    std::int64_t proj_dim;
    std::int64_t num_heads;
    std::int64_t num_hidden_layers;
    double dropout = 0.0;
    Mask mask = Mask::none;
  };
  /// With initial weights of its own. Errors: range when the heads do not divide the width.
  explicit CLIPAttention(const Arguments& arguments, const Untrained& untrained = {});
  /// From what `get_config` gives. Errors: missing, type, range.
  static std::unique_ptr<CLIPAttention> from_config(const LayerConfig& config,
                                                    const Untrained& untrained = {});
  LayerConfig get_config() const override;
  Shape compute_output_shape(const Shape& input_shape) const override { return input_shape; }

  /// residual += out_proj(attention(q_proj(queries), k_proj(sequence), v_proj(sequence))).
  /// Shapes:  residual, queries [Q, W]; sequence [R, W]; `spans` say which rows belong together.
  /// Errors:  mismatch for other shapes, and for spans outside them.
  void add_to(TensorView<float> residual, TensorView<const float> queries, TensorView<const float> sequence,
              std::span<const AttentionSpan> spans, Context& context) const;

 private:
  Dense q_proj_, k_proj_, v_proj_, out_proj_;
  std::int64_t width_, heads_, num_hidden_layers_;
  double dropout_ = 0;
  Mask mask_;
};

}  // namespace sightline
