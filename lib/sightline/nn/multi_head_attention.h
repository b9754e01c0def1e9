// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <span>

#include "sightline/nn/dense.h"
#include "sightline/nn/layer_norm.h"
#include "sightline/nn/rotary_table.h"
#include "sightline/ops/attention.h"

namespace sightline {

/// The parts of an attention that not every model has.
struct AttentionParts {
  bool key_bias = true;
  std::optional<float> norm_epsilon = {};  ///< if set, the output projection is preceded by a norm
  std::shared_ptr<const RotaryTable> rotary = nullptr;  ///< if set, it turns queries and keys
  std::int64_t row_width = 0;  ///< size of the rows of the sequence; 0: that of the queries
};

/// Multi-head attention with separate projections of queries, keys, values and output. Weights: those of the
/// dense layers `q_proj`, `k_proj`, `v_proj` and `out_proj`, each [W, W] but those of keys and values [W, S],
/// and of `norm` if there is one.
/// Source:  transformers `CLIPAttention` (eager); timm `EvaAttention`.
class MultiHeadAttention {
 public:
  /// Errors: range if the width is not a multiple of the number of heads.
  MultiHeadAttention(const WeightScope& scope, std::int64_t width, std::int64_t heads, Mask mask,
                     const GemmBackend& backend, const AttentionParts& parts = {});

  /// residual += out_proj(attention(q_proj(queries), k_proj(sequence), v_proj(sequence))).
  /// All may be the same memory, because the residual is written last.
  /// Shapes:  residual, queries [Q, W]; sequence [R, S]; `spans` says which rows attend to each other.
  /// Errors:  mismatch for other shapes and for spans that exceed them.
  void add_to(TensorView<float> residual, TensorView<const float> queries, TensorView<const float> sequence,
              std::span<const AttentionSpan> spans, Context& context) const;

 private:
  std::int64_t width_, row_width_, heads_;
  Mask mask_;
  Dense q_proj_, k_proj_, v_proj_, out_proj_;
  std::shared_ptr<const RotaryTable> rotary_;
  std::optional<LayerNorm> norm_;
};

/// Returns `heads` if the width is a multiple of it. Errors: range.
std::int64_t checked_heads(std::int64_t width, std::int64_t heads);
/// Checks that every span lies within the rows and the queries. Errors: mismatch, with `layer` as its
/// subject.
void check_spans(std::string_view layer, std::span<const AttentionSpan> spans, std::int64_t queries,
                 std::int64_t rows);

}  // namespace sightline
