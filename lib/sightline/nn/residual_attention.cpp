#include "sightline/nn/residual_attention.h"

#include <algorithm>

namespace sightline {
namespace {

// Row `position` of each span, one behind the other.
void gather(TensorView<const float> x, std::span<const AttentionSpan> spans, TensorView<float> out) {
  for (std::size_t i = 0; i < spans.size(); ++i) {
    const auto row = x.row(spans[i].first_row + spans[i].position);
    std::copy(row.begin(), row.end(), out.row(static_cast<std::int64_t>(i)).begin());
  }
}

}  // namespace

ResidualAttention::ResidualAttention(const WeightScope& scope, const EncoderConfig& c, Mask mask,
                                     const GemmBackend& backend)
    : Layer("residual_attention"),
      ln_1_(scope / "layer_norm1", c.width, c.epsilon),
      attention_(scope / "self_attn", c.width, c.heads, mask, backend),
      ln_2_(scope / "layer_norm2", c.width, c.epsilon),
      fc1_(scope / "mlp" / "fc1", {.in = c.width, .units = c.mlp_width, .activation = c.activation}, backend),
      fc2_(scope / "mlp" / "fc2", {.in = c.mlp_width, .units = c.width}, backend) {
  for (const Layer* child : {static_cast<const Layer*>(&ln_1_), static_cast<const Layer*>(&attention_),
                             static_cast<const Layer*>(&ln_2_), static_cast<const Layer*>(&fc1_),
                             static_cast<const Layer*>(&fc2_)}) {
    add_sublayer(*child);
  }
}

void ResidualAttention::operator()(TensorView<float> x, std::span<const AttentionSpan> spans,
                                   Context& context) const {
  {
    Scratch::Frame frame(context.scratch);
    const TensorView<float> normed = frame.take(x.shape());
    // hidden_states = residual + self_attn(layer_norm1(hidden_states))
    ln_1_(x, normed);
    attention_.add_to(x, normed, normed, spans, context);
  }
  add_mlp(x, context);
}

void ResidualAttention::pool(TensorView<const float> x, std::span<const AttentionSpan> spans,
                             TensorView<float> pooled, Context& context) const {
  {
    Scratch::Frame frame(context.scratch);
    const TensorView<float> normed = frame.take(x.shape()), asking = frame.take(pooled.shape());
    ln_1_(x, normed);
    gather(x, spans, pooled);
    gather(normed, spans, asking);
    attention_.add_to(pooled, asking, normed, spans, context);
  }
  add_mlp(pooled, context);
}

void ResidualAttention::add_mlp(TensorView<float> x, Context& context) const {
  Scratch::Frame frame(context.scratch);
  const TensorView<float> normed = frame.take(x.shape());
  const TensorView<float> hidden = frame.take(x.shape().with_last(fc1_.units()));
  // hidden_states = residual + fc2(activation(fc1(layer_norm2(hidden_states))))
  ln_2_(x, normed);
  fc1_(normed, hidden, context);
  fc2_.add_to(x, hidden, context);
}

}  // namespace sightline
