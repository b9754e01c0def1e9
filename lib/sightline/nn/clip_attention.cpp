#include "sightline/nn/clip_attention.h"

namespace sightline {

CLIPAttention::CLIPAttention(const WeightScope& scope, std::int64_t width, std::int64_t heads, Mask mask,
                             const GemmBackend& backend)
    : Layer("clip_attention"),
      q_proj_(scope / "q_proj", {.in = width, .units = width}, backend),
      k_proj_(scope / "k_proj", {.in = width, .units = width}, backend),
      v_proj_(scope / "v_proj", {.in = width, .units = width}, backend),
      out_proj_(scope / "out_proj", {.in = width, .units = width}, backend),
      width_(width),
      heads_(heads),
      mask_(mask) {
  for (const Dense* projection : {&q_proj_, &k_proj_, &v_proj_, &out_proj_}) add_sublayer(*projection);
}

void CLIPAttention::add_to(TensorView<float> residual, TensorView<const float> queries,
                           TensorView<const float> sequence, std::span<const AttentionSpan> spans,
                           Context& context) const {
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
