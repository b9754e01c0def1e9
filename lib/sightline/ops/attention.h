// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sightline/ops/context.h"
#include "sightline/tensor/tensor.h"

namespace sightline {

/// Which positions a query may look at.
enum class Mask { none, causal };

/// One sequence inside a batch of rows: its keys and values, and the rows that ask.
struct AttentionSpan {
  std::int64_t first_row = 0;    ///< of the sequence, in `keys` and `values`
  std::int64_t length = 0;       ///< L, rows of the sequence
  std::int64_t first_query = 0;  ///< row in `queries` and `out` of the first query
  std::int64_t queries = 0;      ///< how many ask
  std::int64_t position = 0;     ///< position of the first query inside the sequence
};

/// Operands of `attention`: rows may be wider than W (a fused projection), hence the strides in floats.
struct AttentionOperands {
  const float* queries;
  const float* keys;
  const float* values;
  float* out;
  std::int64_t query_stride, key_stride, out_stride;
  std::int64_t width, heads;
};

/// Scaled dot-product attention of all heads of all spans: softmax(Q K^T / sqrt(D)) V, head width D = W / H.
/// The scale goes into the scores, as in transformers' eager attention. Parallel over spans and heads.
/// Source:  Vaswani et al. 2017, eq. 1; transformers `eager_attention_forward`.
void attention(const AttentionOperands& operands, std::span<const AttentionSpan> spans, Mask mask,
               Context& context);

}  // namespace sightline
