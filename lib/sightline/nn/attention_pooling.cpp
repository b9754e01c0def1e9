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
      mlp_(scope / "layernorm", scope / "mlp", c, backend),
      width_(c.width) {}

void AttentionPooling::operator()(TensorView<const float> x, std::span<const Sequence> sequences,
                                  TensorView<float> pooled, Context& context) const {
  const std::int64_t count = std::ssize(sequences);
  std::int64_t rows = 0;
  for (const Sequence& sequence : sequences) rows += sequence.length;
  check_rows(kLayer, "an output", pooled.shape(), count, width_);
  check_rows(kLayer, "an input", x.shape(), rows, width_);
  if (count == 0) return;
  Scratch::Frame frame(context.scratch);

  // probe = self.probe.repeat(batch_size, 1, 1)
  // hidden_state = self.attention(probe, hidden_state, hidden_state)
  const TensorView<float> queries = frame.take(pooled.shape());
  for (std::int64_t i = 0; i < count; ++i) std::copy_n(probe_.data(), width_, queries.row(i).data());
  const auto spans = frame.take<AttentionSpan>(Shape{count}).flat();
  fill_spans(sequences, true, spans);
  std::ranges::fill(pooled.flat(), 0.0F);
  attention_.add_to(pooled, queries, x, spans, context);

  // hidden_state = residual + self.mlp(self.layernorm(hidden_state))
  mlp_(pooled, context);
}

}  // namespace sightline
