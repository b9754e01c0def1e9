// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "sightline/nn/dense.h"
#include "sightline/ops/attention.h"

namespace sightline {

/// Multi-head attention with separate projections of queries, keys, values and the result. Weights: those of
/// the dense layers `q_proj`, `k_proj`, `v_proj` and `out_proj`, each [W, W].
/// Source:  transformers `CLIPAttention` (eager).
class MultiHeadAttention {
 public:
  /// Errors: range when the heads do not divide the width.
  MultiHeadAttention(const WeightScope& scope, std::int64_t width, std::int64_t heads, Mask mask,
                     const GemmBackend& backend);

  /// residual += out_proj(attention(q_proj(queries), k_proj(sequence), v_proj(sequence))).
  /// Shapes:  residual, queries [Q, W]; sequence [R, W]; `spans` say which rows belong together.
  /// Errors:  mismatch for other shapes, and for spans outside them.
  void add_to(TensorView<float> residual, TensorView<const float> queries, TensorView<const float> sequence,
              std::span<const AttentionSpan> spans, Context& context) const;

 private:
  std::int64_t width_, heads_;
  Mask mask_;
  Dense q_proj_, k_proj_, v_proj_, out_proj_;
};

/// `heads`, when they divide the width. Errors: range.
std::int64_t checked_heads(std::int64_t width, std::int64_t heads);
/// Errors: mismatch, with `layer` as its subject, when a span leaves the rows, or its queries the queries.
void check_spans(std::string_view layer, std::span<const AttentionSpan> spans, std::int64_t queries,
                 std::int64_t rows);

}  // namespace sightline
