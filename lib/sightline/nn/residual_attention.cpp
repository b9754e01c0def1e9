// SPDX-License-Identifier: Apache-2.0
#include "sightline/nn/residual_attention.h"

#include <algorithm>

#include "sightline/base/bytes.h"

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

EncoderConfig EncoderConfig::of(std::int64_t width, std::int64_t num_layers, std::int64_t heads) {
  if (num_layers < 1)
    fail(ErrorCode::range, "num_layers", "is " + std::to_string(num_layers) + ", expected 1 or more");
  EncoderConfig config;
  config.width = width;
  config.heads = checked_heads(width, heads);
  config.mlp_width = checked_mul(width, 4, "width");
  config.layers = num_layers;
  return config;
}

ResidualAttention::ResidualAttention(const WeightScope& scope, const EncoderConfig& c, Mask mask,
                                     const GemmBackend& backend)
    : Layer("residual_attention"),
      ln_1_(scope / "layer_norm1", c.width, c.epsilon),
      attention_(scope / "self_attn", c.width, c.heads, mask, backend, c.layers),
      ln_2_(scope / "layer_norm2", c.width, c.epsilon),
      fc1_(scope / "mlp" / "fc1", {.in = c.width, .units = c.mlp_width, .activation = c.activation}, backend),
      fc2_(scope / "mlp" / "fc2", {.in = c.mlp_width, .units = c.width}, backend),
      config_(c),
      mask_(mask) {
  add_sublayer(ln_1_, "ln_1");
  add_sublayer(attention_, "multi_head_attention");
  add_sublayer(ln_2_, "ln_2");
  add_sublayer(fc1_, "c_fc");
  add_sublayer(fc2_, "c_proj");
}

ResidualAttention::ResidualAttention(const Arguments& arguments, const Untrained& untrained)
    : ResidualAttention(
          WeightScope(initial_weights(0, arguments.num_hidden_layers, untrained.seed)),
          EncoderConfig::of(arguments.proj_dim, arguments.num_hidden_layers, arguments.num_heads),
          arguments.mask, gemm_backend(untrained.backend)) {
  take_arguments(untrained.name, untrained.dtype, untrained.trainable);
}

std::unique_ptr<ResidualAttention> ResidualAttention::from_config(const LayerConfig& config,
                                                                  const Untrained& untrained) {
  check_arguments(config, {"proj_dim", "num_heads", "num_hidden_layers", "causal"});
  const Arguments arguments = {.proj_dim = config_value<std::int64_t>(config, "proj_dim"),
                               .num_heads = config_value<std::int64_t>(config, "num_heads"),
                               .num_hidden_layers = config_value<std::int64_t>(config, "num_hidden_layers"),
                               .mask = config_value(config, "causal", false) ? Mask::causal : Mask::none};
  return std::make_unique<ResidualAttention>(arguments, untrained.with(config));
}

LayerConfig ResidualAttention::get_config() const {
  LayerConfig config = Layer::get_config();
  config.insert({{"proj_dim", config_.width},
                 {"num_heads", config_.heads},
                 {"num_hidden_layers", config_.layers},
                 {"causal", mask_ == Mask::causal}});
  return config;
}

void ResidualAttention::operator()(TensorView<float> x, std::span<const AttentionSpan> spans,
                                   Context& context) const {
  check_rows(name(), "an input", x.shape(), first_size(x.shape()), config_.width);
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
  check_rows(name(), "an input", x.shape(), first_size(x.shape()), config_.width);
  check_rows(name(), "an output", pooled.shape(), std::ssize(spans), config_.width);
  check_spans(name(), spans, pooled.rows(), x.rows());
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
