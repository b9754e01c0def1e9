// SPDX-License-Identifier: Apache-2.0
#include "sightline/nn/attention_pooling.h"

#include <algorithm>

#include "sightline/nn/shape_checks.h"

namespace sightline {
namespace {

constexpr std::string_view kLayer = "attention pooling";

}  // namespace

AttentionPooling::AttentionPooling(const WeightScope& scope, const AttentionPoolingConfig& c,
                                   const GemmBackend& backend)
    : probe_(scope.require("probe", Shape{1, 1, c.block.width})),
      query_norm_(optional_norm(c.input_norms, scope / "query_norm", c.block.width, c.block.epsilon)),
      row_norm_(optional_norm(c.input_norms, scope / "row_norm", c.row_width, c.block.epsilon)),
      attention_(scope / "attention", c.block.width, c.block.heads, Mask::none, backend,
                 {.row_width = c.row_width}),
      width_(c.block.width),
      row_width_(c.row_width) {
  if (c.mlp) mlp_.emplace(scope / "layernorm", scope / "mlp", c.block, backend);
}

void AttentionPooling::operator()(TensorView<const float> x, std::span<const Sequence> sequences,
                                  TensorView<float> pooled, Context& context) const {
  const std::int64_t count = std::ssize(sequences);
  std::int64_t rows = 0;
  for (const Sequence& sequence : sequences) rows += sequence.length;
  check_rows(kLayer, "an output", pooled.shape(), count, width_);
  check_rows(kLayer, "an input", x.shape(), rows, row_width_);
  if (count == 0) return;
  Scratch::Frame frame(context.scratch);

  // probe = self.probe.repeat(batch_size, 1, 1)
  // hidden_state = self.attention(probe, hidden_state, hidden_state), or
  // x = self.ln_k(x); q = self.ln_q(self.query); out = self.attn(q, x, x)
  const TensorView<float> queries = frame.take(pooled.shape());
  for (std::int64_t i = 0; i < count; ++i) std::copy_n(probe_.data(), width_, queries.row(i).data());
  if (query_norm_) (*query_norm_)(queries, queries, context);
  TensorView<const float> sequence = x;
  if (row_norm_) {
    const TensorView<float> normed = frame.take(x.shape());
    (*row_norm_)(x, normed, context);
    sequence = normed;
  }
  const auto spans = frame.take<AttentionSpan>(Shape{count}).flat();
  fill_spans(sequences, true, spans);
  std::ranges::fill(pooled.flat(), 0.0F);
  attention_.add_to(pooled, queries, sequence, spans, context);

  // hidden_state = residual + self.mlp(self.layernorm(hidden_state))
  if (mlp_) (*mlp_)(pooled, context);
}

}  // namespace sightline
