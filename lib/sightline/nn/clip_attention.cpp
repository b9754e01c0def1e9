// SPDX-License-Identifier: Apache-2.0
#include "sightline/nn/clip_attention.h"

#include "sightline/base/error.h"

namespace sightline {

std::int64_t checked_heads(std::int64_t width, std::int64_t heads) {
  if (heads < 1 || width < 1 || width % heads != 0) {
    fail(ErrorCode::range, "num_heads",
         "is " + std::to_string(heads) + ", expected a divisor of the width " + std::to_string(width));
  }
  return heads;
}

void check_spans(std::string_view layer, std::span<const AttentionSpan> spans, std::int64_t queries,
                 std::int64_t rows) {
  for (const AttentionSpan& s : spans) {
    const bool asked = s.first_query >= 0 && s.queries >= 0 && s.first_query <= queries - s.queries;
    const bool there = s.first_row >= 0 && s.length > 0 && s.first_row <= rows - s.length;
    const bool inside = s.position >= 0 && s.position <= s.length - s.queries;
    if (asked && there && inside) continue;
    fail(ErrorCode::mismatch, layer,
         "is given the span of rows " + std::to_string(s.first_row) + " + " + std::to_string(s.length) +
             " and queries " + std::to_string(s.first_query) + " + " + std::to_string(s.queries) +
             " at position " + std::to_string(s.position) + ", for " + std::to_string(rows) + " rows and " +
             std::to_string(queries) + " queries");
  }
}

CLIPAttention::CLIPAttention(const WeightScope& scope, std::int64_t width, std::int64_t heads, Mask mask,
                             const GemmBackend& backend, std::int64_t num_hidden_layers)
    : Layer("clip_attention"),
      q_proj_(scope / "q_proj", {.in = width, .units = width}, backend),
      k_proj_(scope / "k_proj", {.in = width, .units = width}, backend),
      v_proj_(scope / "v_proj", {.in = width, .units = width}, backend),
      out_proj_(scope / "out_proj", {.in = width, .units = width}, backend),
      width_(width),
      heads_(heads),
      num_hidden_layers_(num_hidden_layers),
      mask_(mask) {
  add_sublayer(q_proj_, "q_proj");
  add_sublayer(k_proj_, "k_proj");
  add_sublayer(v_proj_, "v_proj");
  add_sublayer(out_proj_, "out_proj");
}

CLIPAttention::CLIPAttention(const Arguments& arguments, const Untrained& untrained)
    : CLIPAttention(WeightScope(initial_weights(0, arguments.num_hidden_layers, untrained.seed)),
                    arguments.proj_dim, checked_heads(arguments.proj_dim, arguments.num_heads),
                    arguments.mask, gemm_backend(untrained.backend), arguments.num_hidden_layers) {
  dropout_ = arguments.dropout;
  take_arguments(untrained.name, untrained.dtype, untrained.trainable);
}

std::unique_ptr<CLIPAttention> CLIPAttention::from_config(const LayerConfig& config,
                                                          const Untrained& untrained) {
  check_arguments(config, {"proj_dim", "num_heads", "num_hidden_layers", "dropout", "causal"});
  const Arguments arguments = {.proj_dim = config_value<std::int64_t>(config, "proj_dim"),
                               .num_heads = config_value<std::int64_t>(config, "num_heads"),
                               .num_hidden_layers = config_value<std::int64_t>(config, "num_hidden_layers"),
                               .dropout = config_value(config, "dropout", 0.0),
                               .mask = config_value(config, "causal", false) ? Mask::causal : Mask::none};
  return std::make_unique<CLIPAttention>(arguments, untrained.with(config));
}

LayerConfig CLIPAttention::get_config() const {
  LayerConfig config = Layer::get_config();
  config.insert({{"proj_dim", width_},
                 {"num_heads", heads_},
                 {"num_hidden_layers", num_hidden_layers_},
                 {"dropout", dropout_},
                 {"causal", mask_ == Mask::causal}});
  return config;
}

void CLIPAttention::add_to(TensorView<float> residual, TensorView<const float> queries,
                           TensorView<const float> sequence, std::span<const AttentionSpan> spans,
                           Context& context) const {
  check_rows(name(), "queries", queries.shape(), first_size(queries.shape()), width_);
  check_rows(name(), "a residual", residual.shape(), queries.rows(), width_);
  check_rows(name(), "a sequence", sequence.shape(), first_size(sequence.shape()), width_);
  check_spans(name(), spans, queries.rows(), sequence.rows());
  Scratch::Frame frame(context.scratch);
  const Shape asked{queries.rows(), width_}, all{sequence.rows(), width_};
  const TensorView<float> q = frame.take(asked), k = frame.take(all), v = frame.take(all);

  // queries = self.q_proj(hidden_states); keys = self.k_proj(hidden_states); values =
  // self.v_proj(hidden_states)
  q_proj_(queries, q, context);
  k_proj_(sequence, k, context);
  v_proj_(sequence, v, context);

  // attn_weights = softmax(queries @ keys^T * scale + mask); attn_output = attn_weights @ values
  const TensorView<float> attended = frame.take(asked);
  attention({q.data(), k.data(), v.data(), attended.data(), width_, width_, width_, width_, heads_}, spans,
            mask_, context);

  // attn_output = self.out_proj(attn_output); hidden_states = residual + attn_output
  out_proj_.add_to(residual, attended, context);
}

}  // namespace sightline
