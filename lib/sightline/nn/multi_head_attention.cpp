// SPDX-License-Identifier: Apache-2.0
#include "sightline/nn/multi_head_attention.h"

#include <algorithm>
#include <array>
#include <string>

#include "sightline/base/error.h"
#include "sightline/nn/shape_checks.h"

namespace sightline {
namespace {

constexpr std::string_view kLayer = "attention";

bool is_path(const AttentionSpan& span, std::int64_t rows) {
  return std::ssize(span.path) == span.length &&
         std::ranges::all_of(span.path, [&](std::int64_t row) { return row >= 0 && row < rows; });
}

std::string describe(const AttentionSpan& span) {
  const std::string rows = span.path.empty() ? "rows from row " + std::to_string(span.first_row)
                                             : "rows of a path of " + std::to_string(span.path.size());
  return std::to_string(span.length) + " " + rows + " and " + std::to_string(span.queries) +
         " queries from query " + std::to_string(span.first_query) + " at position " +
         std::to_string(span.position);
}

}  // namespace

std::int64_t checked_heads(std::int64_t width, std::int64_t heads) {
  if (heads < 1 || width < 1 || width % heads != 0) {
    fail(ErrorCode::range, "heads",
         "is " + std::to_string(heads) + ", expected a divisor of the width " + std::to_string(width));
  }
  return heads;
}

void check_spans(std::string_view layer, std::span<const AttentionSpan> spans, std::int64_t queries,
                 std::int64_t rows) {
  for (const AttentionSpan& s : spans) {
    const bool valid_queries = s.first_query >= 0 && s.queries >= 0 && s.first_query <= queries - s.queries;
    const bool valid_rows =
        s.length > 0 &&
        (s.path.empty() ? s.first_row >= 0 && s.first_row <= rows - s.length : is_path(s, rows));
    const bool valid_position = s.position >= 0 && s.position <= s.length - s.queries;
    if (valid_queries && valid_rows && valid_position) continue;
    fail(ErrorCode::mismatch, layer,
         "is given a span of " + describe(s) + ", which is not within its " + std::to_string(rows) +
             " rows and " + std::to_string(queries) + " queries");
  }
}

MultiHeadAttention::MultiHeadAttention(const WeightScope& scope, std::int64_t width, std::int64_t heads,
                                       Mask mask, const GemmBackend& backend, const AttentionParts& parts)
    : width_(width),
      row_width_(parts.row_width == 0 ? width : parts.row_width),
      heads_(checked_heads(width, heads)),
      mask_(mask),
      q_proj_(scope / "q_proj", {.in = width, .units = width}, backend),
      k_proj_(scope / "k_proj",
              {.in = row_width_, .units = width, .bias = parts.key_bias ? Bias::yes : Bias::no}, backend),
      v_proj_(scope / "v_proj", {.in = row_width_, .units = width}, backend),
      out_proj_(scope / "out_proj", {.in = width, .units = width}, backend),
      rotary_(parts.rotary) {
  if (parts.norm_epsilon) norm_.emplace(scope / "norm", width, *parts.norm_epsilon);
}

void MultiHeadAttention::add_to(TensorView<float> residual, TensorView<const float> queries,
                                TensorView<const float> sequence, std::span<const AttentionSpan> spans,
                                Context& context) const {
  check_rows(kLayer, "queries", queries.shape(), first_size(queries.shape()), width_);
  check_rows(kLayer, "a residual", residual.shape(), queries.rows(), width_);
  check_rows(kLayer, "a sequence", sequence.shape(), first_size(sequence.shape()), row_width_);
  check_spans(kLayer, spans, queries.rows(), sequence.rows());
  Scratch::Frame frame(context.scratch);
  const Shape query_shape{queries.rows(), width_}, key_shape{sequence.rows(), width_};
  const TensorView<float> q = frame.take(query_shape), k = frame.take(key_shape), v = frame.take(key_shape);

  // queries = self.q_proj(hidden_states); keys = self.k_proj(hidden_states); values =
  // self.v_proj(hidden_states)
  Dense::call(std::array{DenseCall{&q_proj_, queries, q}, DenseCall{&k_proj_, sequence, k},
                         DenseCall{&v_proj_, sequence, v}},
              context);
  // q, k = apply_rot_embed_cat(q, rope), apply_rot_embed_cat(k, rope)
  if (rotary_) rotary_->rotate(q, k, spans, context);

  // attn_weights = softmax(queries @ keys^T * scale + mask); attn_output = attn_weights @ values
  const TensorView<float> attended = frame.take(query_shape);
  attention({q.data(), k.data(), v.data(), attended.data(), width_, width_, width_, width_, heads_}, spans,
            mask_, context);
  if (norm_) (*norm_)(attended, attended, context);

  // attn_output = self.out_proj(attn_output); hidden_states = residual + attn_output
  out_proj_.add_to(residual, attended, context);
}

}  // namespace sightline
