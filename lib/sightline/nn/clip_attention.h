#pragma once

#include <span>

#include "sightline/nn/dense.h"
#include "sightline/ops/attention.h"

namespace sightline {

/// Multi-head attention with projections of its own for queries, keys, values and the result.
/// Source:  KerasCV `CLIPAttention`; transformers `CLIPAttention` (eager).
class CLIPAttention : public Layer {
 public:
  CLIPAttention(const WeightScope& scope, std::int64_t width, std::int64_t heads, Mask mask,
                const GemmBackend& backend);

  /// residual += out_proj(attention(q_proj(queries), k_proj(sequence), v_proj(sequence))).
  /// Shapes:  residual, queries [Q, W]; sequence [R, W]; `spans` say which rows belong together.
  void add_to(TensorView<float> residual, TensorView<const float> queries, TensorView<const float> sequence,
              std::span<const AttentionSpan> spans, Context& context) const;

 private:
  Dense q_proj_, k_proj_, v_proj_, out_proj_;
  std::int64_t width_, heads_;
  Mask mask_;
};

}  // namespace sightline
