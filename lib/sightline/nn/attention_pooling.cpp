// SPDX-License-Identifier: Apache-2.0
#include "sightline/nn/attention_pooling.h"

#include <algorithm>

#include "sightline/nn/shape_checks.h"

namespace sightline {
namespace {

constexpr std::string_view kLayer = "attention pooling";

}  // namespace

AttentionPooling::AttentionPooling(const WeightScope& scope, const EncoderConfig& c,
                                   const GemmBackend& backend)
    : probe_(scope.require("probe", Shape{1, 1, c.width})),
      attention_(scope / "attention", c.width, c.heads, Mask::none, backend),
      norm_(scope / "layernorm", c.width, c.epsilon),
      fc1_(scope / "mlp" / "fc1", {.in = c.width, .units = c.mlp_width, .activation = c.activation}, backend),
      fc2_(scope / "mlp" / "fc2", {.in = c.mlp_width, .units = c.width}, backend) {}

void AttentionPooling::operator()(TensorView<const float> x, TensorView<float> pooled,
                                  Context& context) const {
  const std::int64_t width = norm_.width(), sequences = first_size(pooled.shape()),
                     rows = first_size(x.shape());
  check_rows(kLayer, "an output", pooled.shape(), sequences, width);
  check_rows(kLayer, "an input", x.shape(), sequences == 0 ? 0 : rows / sequences * sequences, width);
  if (sequences == 0) return;
  Scratch::Frame frame(context.scratch);

  // probe = self.probe.repeat(batch_size, 1, 1)
  // hidden_state = self.attention(probe, hidden_state, hidden_state)
  const TensorView<float> queries = frame.take(pooled.shape());
  for (std::int64_t i = 0; i < sequences; ++i) std::copy_n(probe_.data(), width, queries.row(i).data());
  const auto spans = frame.take<AttentionSpan>(Shape{sequences}).flat();
  const std::int64_t length = rows / sequences;
  for (std::int64_t i = 0; i < sequences; ++i)
    spans[static_cast<std::size_t>(i)] = {
        .first_row = i * length, .length = length, .first_query = i, .queries = 1, .position = 0};
  std::ranges::fill(pooled.flat(), 0.0F);
  attention_.add_to(pooled, queries, x, spans, context);

  // hidden_state = residual + self.mlp(self.layernorm(hidden_state))
  const TensorView<float> normed = frame.take(pooled.shape());
  const TensorView<float> hidden = frame.take(pooled.shape().with_last(fc1_.units()));
  norm_(pooled, normed, context);
  fc1_(normed, hidden, context);
  fc2_.add_to(pooled, hidden, context);
}

}  // namespace sightline
