// SPDX-License-Identifier: Apache-2.0
#include "sightline/nn/transformer_block.h"

#include <algorithm>

#include "sightline/nn/shape_checks.h"

namespace sightline {
namespace {

constexpr std::string_view kLayer = "transformer block";

// Copies row `position` of each span into consecutive rows of `out`.
void gather(TensorView<const float> x, std::span<const AttentionSpan> spans, TensorView<float> out) {
  for (std::size_t i = 0; i < spans.size(); ++i) {
    const auto row = x.row(spans[i].row_at(spans[i].position));
    std::copy(row.begin(), row.end(), out.row(static_cast<std::int64_t>(i)).begin());
  }
}

}  // namespace

TransformerBlock::TransformerBlock(const WeightScope& scope, const EncoderConfig& c, Mask mask,
                                   const GemmBackend& backend)
    : order_(c.norm_order),
      norm1_(scope / "layer_norm1", c.width, c.epsilon),
      attention_(scope / "self_attn", c.width, c.heads, mask, backend),
      mlp_(scope / "layer_norm2", scope / "mlp", c, backend) {}

void TransformerBlock::operator()(TensorView<float> x, std::span<const AttentionSpan> spans,
                                  Context& context) const {
  check_rows(kLayer, "an input", x.shape(), first_size(x.shape()), norm1_.width());
  if (order_ == NormOrder::after) {
    // hidden_states = layer_norm1(self_attn(hidden_states) + residual)
    attention_.add_to(x, x, x, spans, context);
    norm1_(x, x, context);
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
                            TensorView<float> pooled, Context& context) const {
  check_rows(kLayer, "an input", x.shape(), first_size(x.shape()), norm1_.width());
  check_rows(kLayer, "an output", pooled.shape(), std::ssize(spans), norm1_.width());
  check_spans(kLayer, spans, pooled.rows(), x.rows());
  if (order_ == NormOrder::after) {
    gather(x, spans, pooled);
    attention_.add_to(pooled, pooled, x, spans, context);
    norm1_(pooled, pooled, context);
  } else {
    Scratch::Frame frame(context.scratch);
    const TensorView<float> normed = frame.take(x.shape()), queries = frame.take(pooled.shape());
    norm1_(x, normed, context);
    gather(x, spans, pooled);
    gather(normed, spans, queries);
    attention_.add_to(pooled, queries, normed, spans, context);
  }
  mlp_(pooled, context);
}

}  // namespace sightline
