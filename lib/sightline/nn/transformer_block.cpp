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
    : norm1_(scope / "layer_norm1", c.width, c.epsilon),
      attention_(scope / "self_attn", c.width, c.heads, mask, backend),
      norm2_(scope / "layer_norm2", c.width, c.epsilon),
      fc1_(scope / "mlp" / "fc1", {.in = c.width, .units = c.mlp_width, .activation = c.activation}, backend),
      fc2_(scope / "mlp" / "fc2", {.in = c.mlp_width, .units = c.width}, backend) {}

void TransformerBlock::operator()(TensorView<float> x, std::span<const AttentionSpan> spans,
                                  Context& context) const {
  check_rows(kLayer, "an input", x.shape(), first_size(x.shape()), norm1_.width());
  {
    Scratch::Frame frame(context.scratch);
    const TensorView<float> normed = frame.take(x.shape());
    // hidden_states = residual + self_attn(layer_norm1(hidden_states))
    norm1_(x, normed, context);
    attention_.add_to(x, normed, normed, spans, context);
  }
  add_mlp(x, context);
}

void TransformerBlock::pool(TensorView<const float> x, std::span<const AttentionSpan> spans,
                            TensorView<float> pooled, Context& context) const {
  check_rows(kLayer, "an input", x.shape(), first_size(x.shape()), norm1_.width());
  check_rows(kLayer, "an output", pooled.shape(), std::ssize(spans), norm1_.width());
  check_spans(kLayer, spans, pooled.rows(), x.rows());
  {
    Scratch::Frame frame(context.scratch);
    const TensorView<float> normed = frame.take(x.shape()), queries = frame.take(pooled.shape());
    norm1_(x, normed, context);
    gather(x, spans, pooled);
    gather(normed, spans, queries);
    attention_.add_to(pooled, queries, normed, spans, context);
  }
  add_mlp(pooled, context);
}

void TransformerBlock::add_mlp(TensorView<float> x, Context& context) const {
  Scratch::Frame frame(context.scratch);
  const TensorView<float> normed = frame.take(x.shape());
  const TensorView<float> hidden = frame.take(x.shape().with_last(fc1_.units()));
  // hidden_states = residual + fc2(activation(fc1(layer_norm2(hidden_states))))
  norm2_(x, normed, context);
  fc1_(normed, hidden, context);
  fc2_.add_to(x, hidden, context);
}

}  // namespace sightline
