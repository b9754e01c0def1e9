// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "sightline/ops/context.h"
#include "sightline/tensor/tensor.h"

namespace sightline {

/// Which positions a query may attend to.
enum class Mask { none, causal };

/// One sequence inside a batch of rows: its keys and values, and the query rows that attend to them.
struct AttentionSpan {
  std::int64_t first_row = 0;    ///< first row of the sequence in `keys` and `values`, if it has no path
  std::int64_t length = 0;       ///< L, number of rows of the sequence
  std::int64_t first_query = 0;  ///< row of the first query in `queries` and `out`
  std::int64_t queries = 0;      ///< number of queries
  std::int64_t position = 0;     ///< position of the first query inside the sequence
  /// The L rows of the sequence in order of position, if they are not consecutive; must outlive the span.
  std::span<const std::int64_t> path = {};

  /// The row at a position of the sequence.
  std::int64_t row_at(std::int64_t at) const {
    return path.empty() ? first_row + at : path[static_cast<std::size_t>(at)];
  }
};

/// Operands of `attention`. Rows may be wider than W (a fused projection), so strides are given in floats.
struct AttentionOperands {
  const float* queries;
  const float* keys;
  const float* values;
  float* out;
  std::int64_t query_stride, key_stride, out_stride;
  std::int64_t width, heads;
};

/// Scaled dot-product attention of all heads of all spans: softmax(Q K^T / sqrt(D)) V, head width D = W / H.
/// The scale is applied to the scores, as in transformers' eager attention. Runs in parallel over spans and
/// heads.
/// Source: Vaswani et al. 2017, eq. 1; transformers `eager_attention_forward`.
void attention(const AttentionOperands& operands, std::span<const AttentionSpan> spans, Mask mask,
               Context& context);

}  // namespace sightline
