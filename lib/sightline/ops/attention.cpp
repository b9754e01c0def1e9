// SPDX-License-Identifier: Apache-2.0
#include "sightline/ops/attention.h"

#include <algorithm>
#include <cmath>

#include "sightline/ops/elementwise.h"
#include "sightline/ops/matmul.h"

namespace sightline {
namespace {

constexpr std::int64_t kQueryBlock = 32;  // rows of scores computed at a time

// Memory of one worker.
struct Work {
  float* scores;  // kQueryBlock rows of the longest span
  float* keys;    // the longest path, one head
  float* values;
};

// Rows of one head that are not consecutive are copied, so that the products read consecutive rows.
struct HeadRows {
  const float* data;
  std::int64_t stride;
};
HeadRows rows_of_head(const float* rows, std::int64_t stride, const AttentionSpan& span, std::int64_t column,
                      std::int64_t depth, float* copy) {
  if (span.path.empty()) return {rows + span.first_row * stride + column, stride};
  for (std::int64_t i = 0; i < span.length; ++i)
    std::copy_n(rows + span.row_at(i) * stride + column, depth, copy + i * depth);
  return {copy, depth};
}

// softmax(Q K^T / sqrt(D)) V of one head.
void one_head(const AttentionOperands& o, const AttentionSpan& span, std::int64_t head, Mask mask,
              const Work& work) {
  const std::int64_t depth = o.width / o.heads, column = head * depth;
  const HeadRows keys = rows_of_head(o.keys, o.key_stride, span, column, depth, work.keys);
  const HeadRows values = rows_of_head(o.values, o.key_stride, span, column, depth, work.values);
  float* scores = work.scores;
  const float scale = 1.0F / std::sqrt(static_cast<float>(depth));
  for (std::int64_t begin = 0; begin < span.queries; begin += kQueryBlock) {
    const std::int64_t rows = std::min(kQueryBlock, span.queries - begin);
    const std::int64_t row = span.first_query + begin;
    // Causal mask: no row of the block attends to positions after its last query.
    const std::int64_t key_count =
        mask == Mask::causal ? std::min(span.length, span.position + begin + rows) : span.length;
    matmul_nt(o.queries + row * o.query_stride + column, keys.data, scores,
              {rows, key_count, depth, o.query_stride, keys.stride, span.length}, scale);
    for (std::int64_t i = 0; i < rows; ++i) {
      const std::int64_t attended = mask == Mask::causal ? span.position + begin + i + 1 : span.length;
      float* line = scores + i * span.length;
      softmax_row(line, attended);
      std::fill(line + attended, line + key_count, 0.0F);
    }
    matmul_nn(scores, values.data, o.out + row * o.out_stride + column,
              {rows, depth, key_count, span.length, values.stride, o.out_stride});
  }
}

}  // namespace

void attention(const AttentionOperands& operands, std::span<const AttentionSpan> spans, Mask mask,
               Context& context) {
  std::int64_t longest = 0, longest_path = 0;
  for (const AttentionSpan& span : spans) {
    longest = std::max(longest, span.length);
    longest_path = std::max(longest_path, std::ssize(span.path));
  }
  Scratch::Frame frame(context.scratch);
  const std::int64_t workers = context.pool.size(),
                     path_floats = longest_path * (operands.width / operands.heads);
  const TensorView<float> scores = frame.take(Shape{workers, kQueryBlock * longest});
  const TensorView<float> keys = frame.take(Shape{workers, path_floats});
  const TensorView<float> values = frame.take(Shape{workers, path_floats});
  const auto tasks = static_cast<std::int64_t>(spans.size()) * operands.heads;
  context.pool.run(tasks, [&](std::int64_t task, int worker) {
    const AttentionSpan& span = spans[static_cast<std::size_t>(task / operands.heads)];
    one_head(operands, span, task % operands.heads, mask,
             {scores.row(worker).data(), keys.row(worker).data(), values.row(worker).data()});
  });
}

}  // namespace sightline
