// SPDX-License-Identifier: Apache-2.0
#include "sightline/ops/attention.h"

#include <algorithm>
#include <cmath>

#include "sightline/ops/elementwise.h"
#include "sightline/ops/matmul.h"

namespace sightline {
namespace {

constexpr std::int64_t kQueryBlock = 32;  // rows of scores computed at a time

// softmax(Q K^T / sqrt(D)) V of one head. `scores` holds kQueryBlock rows as long as the span.
void one_head(const AttentionOperands& o, const AttentionSpan& span, std::int64_t head, Mask mask,
              float* scores) {
  const std::int64_t depth = o.width / o.heads, column = head * depth;
  const float* keys = o.keys + span.first_row * o.key_stride + column;
  const float* values = o.values + span.first_row * o.key_stride + column;
  const float scale = 1.0F / std::sqrt(static_cast<float>(depth));
  for (std::int64_t begin = 0; begin < span.queries; begin += kQueryBlock) {
    const std::int64_t rows = std::min(kQueryBlock, span.queries - begin);
    const std::int64_t row = span.first_query + begin;
    // Causal mask: no row of the block attends to positions after its last query.
    const std::int64_t key_count =
        mask == Mask::causal ? std::min(span.length, span.position + begin + rows) : span.length;
    matmul_nt(o.queries + row * o.query_stride + column, keys, scores,
              {rows, key_count, depth, o.query_stride, o.key_stride, span.length}, scale);
    for (std::int64_t i = 0; i < rows; ++i) {
      const std::int64_t attended = mask == Mask::causal ? span.position + begin + i + 1 : span.length;
      float* line = scores + i * span.length;
      softmax_row(line, attended);
      std::fill(line + attended, line + key_count, 0.0F);
    }
    matmul_nn(scores, values, o.out + row * o.out_stride + column,
              {rows, depth, key_count, span.length, o.key_stride, o.out_stride});
  }
}

}  // namespace

void attention(const AttentionOperands& operands, std::span<const AttentionSpan> spans, Mask mask,
               Context& context) {
  std::int64_t longest = 0;
  for (const AttentionSpan& span : spans) longest = std::max(longest, span.length);
  Scratch::Frame frame(context.scratch);
  const TensorView<float> scores = frame.take(Shape{context.pool.size(), kQueryBlock * longest});
  const auto tasks = static_cast<std::int64_t>(spans.size()) * operands.heads;
  context.pool.run(tasks, [&](std::int64_t task, int worker) {
    const AttentionSpan& span = spans[static_cast<std::size_t>(task / operands.heads)];
    one_head(operands, span, task % operands.heads, mask, scores.row(worker).data());
  });
}

}  // namespace sightline
