// SPDX-License-Identifier: Apache-2.0
#include "sightline/ops/attention.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "sightline/base/by_cpu.h"
#include "sightline/ops/row_tile.h"
#include "sightline/ops/softmax.h"
#include "sightline/ops/transpose.h"
#include "sightline/ops/vector_math.h"

// One head of one span is a task: its keys and values are packed once, and a tile of a few queries goes from
// scores to softmax to weighted sum while everything is in the L1 cache. Packing also spares the products the
// large strides of a projection, whose rows compete for the same few sets of the cache.
namespace sightline {
namespace {

constexpr std::int64_t kLanes = 16;
constexpr int kMaxRows = 6;  // queries of a tile: 6 x 16 sums are 12 of AVX2's 16 registers
constexpr std::int64_t kBlock = 8;

constexpr std::int64_t padded(std::int64_t count) { return (count + kLanes - 1) / kLanes * kLanes; }

// The memory of one worker, for the longest span.
struct Work {
  float* keys;    // [L / 16, D, 16]: the keys of a block of 16 positions are columns
  float* values;  // [L, D], D padded to 16 with zeros
  float* scores;  // [kMaxRows, L], L padded to 16
};

// The columns after the last position repeat it; their scores are never used.
[[gnu::always_inline]] inline void pack_keys(const float* keys, std::int64_t stride,
                                             const AttentionSpan& span, std::int64_t depth, float* out) {
  for (std::int64_t first = 0; first < span.length; first += kLanes, out += depth * kLanes) {
    const float* rows[kLanes];
    for (std::int64_t n = 0; n < kLanes; ++n)
      rows[n] = keys + span.row_at(std::min(first + n, span.length - 1)) * stride;
    std::int64_t k = 0;
    for (; k + kBlock <= depth; k += kBlock) {
      const float* values[kLanes];
      for (std::int64_t n = 0; n < kLanes; ++n) values[n] = rows[n] + k;
      transpose_eight(values, out + k * kLanes, kLanes);
      transpose_eight(values + kBlock, out + k * kLanes + kBlock, kLanes);
    }
    for (; k < depth; ++k) {
      for (std::int64_t n = 0; n < kLanes; ++n) out[k * kLanes + n] = rows[n][k];
    }
  }
}

[[gnu::always_inline]] inline void pack_values(const float* values, std::int64_t stride,
                                               const AttentionSpan& span, std::int64_t depth, float* out) {
  const std::int64_t width = padded(depth);
  for (std::int64_t i = 0; i < span.length; ++i, out += width) {
    const float* row = values + span.row_at(i) * stride;
    std::int64_t k = 0;
    for (; k + kLanes <= depth; k += kLanes) std::memcpy(out + k, row + k, kLanes * sizeof(float));
    for (; k < width; ++k) out[k] = k < depth ? row[k] : 0.0F;
  }
}

// One head of one span, ready to be attended to.
struct Head {
  const float* queries;
  float* out;
  std::int64_t query_stride, out_stride;
  std::int64_t depth, length;
  float scale;
};

// Calls use<blocks>(first) for the blocks of 16 columns of `count` columns: two at a time in wide registers.
template <int kWidth, class Use>
[[gnu::always_inline]] inline void for_blocks(std::int64_t count, const Use& use) {
  std::int64_t first = 0;
  if constexpr (kWidth == kLanes) {
    for (; first + kLanes < count; first += 2 * kLanes) use.template operator()<2>(first);
  }
  for (; first < count; first += kLanes) use.template operator()<1>(first);
}

// A tile of kRows queries, of which row r attends to positions 0 ... first_count + r * step - 1.
template <int kWidth, int kRows>
[[gnu::always_inline]] inline void attend_tile(const Head& head, const Work& work, std::int64_t first_count,
                                               std::int64_t step) {
  using Float = typename Vector<kWidth>::Float;
  const std::int64_t count = first_count + (kRows - 1) * step, stride = padded(head.length);
  for_blocks<kWidth>(
      count, [&]<int kBlocks>(std::int64_t n) __attribute__((always_inline)) {
        const auto store = [&](int r, int c, const Float& sums) __attribute__((always_inline)) {
          const Float scores = sums * head.scale;
          std::memcpy(work.scores + r * stride + n + c, &scores, sizeof scores);
        };
        multiply_row_tile<kWidth, kRows, kBlocks>(head.queries, head.query_stride, work.keys + n * head.depth,
                                                  kLanes, head.depth, store, head.depth * kLanes);
      });
  for (int r = 0; r < kRows; ++r) {
    float* row = work.scores + r * stride;
    const std::int64_t attended = first_count + r * step;
    softmax_lanes<kWidth>(row, attended);
    for (std::int64_t n = padded(attended); n < count; ++n) row[n] = 0;
  }
  for_blocks<kWidth>(
      head.depth, [&]<int kBlocks>(std::int64_t k) __attribute__((always_inline)) {
        const auto store = [&](int r, int c, const Float& sums) __attribute__((always_inline)) {
          float* out = head.out + r * head.out_stride + k + c;
          const std::int64_t width = std::min<std::int64_t>(kWidth, head.depth - k - c);
          // Two calls, because a copy whose size is known only at run time costs more than the arithmetic.
          if (width == kWidth) {
            std::memcpy(out, &sums, sizeof sums);
          } else if (width > 0) {
            const Float copy = sums;  // in memory, as the sums need not be
            std::memcpy(out, &copy, static_cast<std::size_t>(width) * sizeof(float));
          }
        };
        multiply_row_tile<kWidth, kRows, kBlocks>(work.scores, stride, work.values + k, padded(head.depth),
                                                  count, store, kLanes);
      });
}

template <int kWidth>
[[gnu::always_inline]] inline void attend_rows(std::int64_t rows, const Head& head, const Work& work,
                                               std::int64_t first_count, std::int64_t step) {
  switch (rows) {
    case 1:
      return attend_tile<kWidth, 1>(head, work, first_count, step);
    case 2:
      return attend_tile<kWidth, 2>(head, work, first_count, step);
    case 3:
      return attend_tile<kWidth, 3>(head, work, first_count, step);
    case 4:
      return attend_tile<kWidth, 4>(head, work, first_count, step);
    case 5:
      return attend_tile<kWidth, 5>(head, work, first_count, step);
    default:
      return attend_tile<kWidth, kMaxRows>(head, work, first_count, step);
  }
}

// softmax(Q K^T / sqrt(D)) V of one head of one span.
template <int kWidth>
[[gnu::always_inline]] inline void attend_body(const AttentionOperands& o, const AttentionSpan& span,
                                               std::int64_t head_index, Mask mask, const Work& work) {
  const std::int64_t depth = o.width / o.heads, column = head_index * depth;
  pack_keys(o.keys + column, o.key_stride, span, depth, work.keys);
  pack_values(o.values + column, o.key_stride, span, depth, work.values);
  Head head{o.queries + span.first_query * o.query_stride + column,
            o.out + span.first_query * o.out_stride + column,
            o.query_stride,
            o.out_stride,
            depth,
            span.length,
            1.0F / std::sqrt(static_cast<float>(depth))};
  const std::int64_t step = mask == Mask::causal ? 1 : 0;
  std::int64_t tiles = (span.queries + kMaxRows - 1) / kMaxRows, rows = 0;
  for (std::int64_t done = 0; done < span.queries; done += rows, --tiles) {
    rows = (span.queries - done + tiles - 1) / tiles;
    attend_rows<kWidth>(rows, head, work, mask == Mask::causal ? span.position + done + 1 : span.length,
                        step);
    head.queries += rows * head.query_stride;
    head.out += rows * head.out_stride;
  }
}

}  // namespace

void attention(const AttentionOperands& operands, std::span<const AttentionSpan> spans, Mask mask,
               Context& context) {
  std::int64_t longest = 0;
  for (const AttentionSpan& span : spans) longest = std::max(longest, span.length);
  const std::int64_t depth = operands.width / operands.heads, workers = context.pool.size();
  Scratch::Frame frame(context.scratch);
  const TensorView<float> keys = frame.take(Shape{workers, padded(longest) * depth});
  const TensorView<float> values = frame.take(Shape{workers, longest * padded(depth)});
  const TensorView<float> scores = frame.take(Shape{workers, kMaxRows * padded(longest)});
  const auto tasks = static_cast<std::int64_t>(spans.size()) * operands.heads;
  context.pool.run(tasks, [&](std::int64_t task, int worker) {
    const AttentionSpan& span = spans[static_cast<std::size_t>(task / operands.heads)];
    const Work work{keys.row(worker).data(), values.row(worker).data(), scores.row(worker).data()};
    ByLevel<attend_body<4>, attend_body<8>, attend_body<16>>::call(operands, span, task % operands.heads,
                                                                   mask, work);
  });
}

}  // namespace sightline
