// SPDX-License-Identifier: Apache-2.0
#include "sightline/nn/transformer_block.h"

#include <algorithm>
#include <utility>

#include "sightline/base/error.h"
#include "sightline/nn/shape_checks.h"

namespace sightline {
namespace {

constexpr std::string_view kLayer = "transformer block";

// Copies the row of each span, that at `position` or that in `rows`, into consecutive rows of `out`.
void gather(TensorView<const float> x, std::span<const AttentionSpan> spans,
            std::span<const std::int64_t> rows, TensorView<float> out) {
  for (std::size_t i = 0; i < spans.size(); ++i) {
    const auto row = x.row(rows.empty() ? spans[i].row_at(spans[i].position) : rows[i]);
    std::copy(row.begin(), row.end(), out.row(static_cast<std::int64_t>(i)).begin());
  }
}

void check_pooled_rows(std::span<const std::int64_t> rows, std::int64_t count, std::int64_t end) {
  const auto exists = [end](std::int64_t row) { return row >= 0 && row < end; };
  if (rows.empty() || (std::ssize(rows) == count && std::ranges::all_of(rows, exists))) return;
  fail(ErrorCode::mismatch, kLayer, "is given pooled rows that are not one of its rows for each span");
}

}  // namespace

TransformerBlock::TransformerBlock(const WeightScope& scope, const EncoderConfig& c, Mask mask,
                                   const GemmBackend& backend, std::shared_ptr<const RotaryTable> rotary)
    : order_(c.norm_order),
      norm1_(scope / "layer_norm1", c.width, c.epsilon),
      attention_(scope / "self_attn", c.width, c.heads, mask, backend,
                 {c.key_bias, c.attention_norm ? std::optional(c.epsilon) : std::nullopt, std::move(rotary)}),
      mlp_(scope / "layer_norm2", scope / "mlp", c, backend) {}

void TransformerBlock::operator()(TensorView<float> x, std::span<const AttentionSpan> spans,
                                  Context& context) const {
  check_rows(kLayer, "an input", x.shape(), first_size(x.shape()), norm1_.width());
  if (order_ == NormOrder::after) {
    // hidden_states = layer_norm1(self_attn(hidden_states) + residual)
    attention_.add_to(x, x, x, spans, context);
    norm1_(x, x, context);
  } else if (order_ == NormOrder::on_branch) {
    // x = x + self.norm1(self.attn(x))
    add_branch(x, x, x, spans, context);
  } else {
    Scratch::Frame frame(context.scratch);
    const TensorView<float> normed = frame.take(x.shape());
    // hidden_states = residual + self_attn(layer_norm1(hidden_states))
    norm1_(x, normed, context);
    attention_.add_to(x, normed, normed, spans, context);
  }
  mlp_(x, context);
}

void TransformerBlock::pool(TensorView<const float> x, std::span<const AttentionSpan> spans,
                            TensorView<float> pooled, Context& context,
                            std::span<const std::int64_t> rows) const {
  check_rows(kLayer, "an input", x.shape(), first_size(x.shape()), norm1_.width());
  check_rows(kLayer, "an output", pooled.shape(), std::ssize(spans), norm1_.width());
  check_spans(kLayer, spans, pooled.rows(), x.rows());
  check_pooled_rows(rows, std::ssize(spans), x.rows());
  if (order_ == NormOrder::after) {
    gather(x, spans, rows, pooled);
    attention_.add_to(pooled, pooled, x, spans, context);
    norm1_(pooled, pooled, context);
  } else if (order_ == NormOrder::on_branch) {
    gather(x, spans, rows, pooled);
    add_branch(pooled, pooled, x, spans, context);
  } else {
    Scratch::Frame frame(context.scratch);
    const TensorView<float> normed = frame.take(x.shape()), queries = frame.take(pooled.shape());
    norm1_(x, normed, context);
    gather(x, spans, rows, pooled);
    gather(normed, spans, rows, queries);
    attention_.add_to(pooled, queries, normed, spans, context);
  }
  mlp_(pooled, context);
}

// residual += norm1(attention(queries, sequence)); the residual may be one of them.
void TransformerBlock::add_branch(TensorView<float> residual, TensorView<const float> queries,
                                  TensorView<const float> sequence, std::span<const AttentionSpan> spans,
                                  Context& context) const {
  Scratch::Frame frame(context.scratch);
  const TensorView<float> branch = frame.take(residual.shape());
  std::ranges::fill(branch.flat(), 0.0F);
  attention_.add_to(branch, queries, sequence, spans, context);
  norm1_.add_to(residual, branch, context);
}

}  // namespace sightline
