// SPDX-License-Identifier: Apache-2.0
#include "sightline/nn/transformer_encoder.h"

#include <string>

#include "sightline/base/error.h"
#include "sightline/nn/shape_checks.h"

namespace sightline {
namespace {

constexpr std::string_view kLayer = "encoder";

}  // namespace

TransformerEncoder::TransformerEncoder(const WeightScope& scope, const EncoderConfig& config, Mask mask,
                                       const GemmBackend& backend,
                                       const std::shared_ptr<const RotaryTable>& rotary)
    : config_(config) {
  if (config.layers < 1)
    fail(ErrorCode::range, "layers", "is " + std::to_string(config.layers) + ", expected 1 or more");
  for (std::int64_t i = 0; i < config.layers; ++i)
    blocks_.emplace_back(scope / "layers" / i, config, mask, backend, rotary);
}

void TransformerEncoder::check_input(const Shape& x, std::span<const Sequence> sequences) const {
  std::int64_t rows = 0;
  for (const Sequence& sequence : sequences) rows += sequence.length;
  check_rows(kLayer, "an input", x, rows, config_.width);
}

void TransformerEncoder::operator()(TensorView<float> x, const EncoderSpans& spans, TensorView<float> pooled,
                                    Context& context) const {
  std::int64_t queries = 0;
  for (const AttentionSpan& span : spans.all) queries += span.queries;
  check_rows(kLayer, "an input", x.shape(), queries, config_.width);
  check_rows(kLayer, "an output", pooled.shape(), std::ssize(spans.pooled), config_.width);

  // for encoder_layer in self.layers: hidden_states = encoder_layer(hidden_states, attention_mask)
  for (const TransformerBlock& block : blocks().first(blocks_.size() - 1)) block(x, spans.all, context);
  // last_hidden_state[batch, pooled position]
  blocks_.back().pool(x, spans.pooled, pooled, context, spans.rows);
}

void TransformerEncoder::operator()(TensorView<float> x, std::span<const Sequence> sequences,
                                    TensorView<float> pooled, Context& context) const {
  check_input(x.shape(), sequences);
  Scratch::Frame frame(context.scratch);
  const auto all = frame.take<AttentionSpan>(Shape{std::ssize(sequences)}).flat();
  const auto last = frame.take<AttentionSpan>(Shape{std::ssize(sequences)}).flat();
  fill_spans(sequences, false, all);
  fill_spans(sequences, true, last);
  (*this)(x, EncoderSpans{all, last}, pooled, context);
}

void TransformerEncoder::operator()(TensorView<float> x, std::span<const Sequence> sequences,
                                    Context& context) const {
  check_input(x.shape(), sequences);
  Scratch::Frame frame(context.scratch);
  const auto spans = frame.take<AttentionSpan>(Shape{std::ssize(sequences)}).flat();
  fill_spans(sequences, false, spans);
  (*this)(x, std::span<const AttentionSpan>(spans), context);
}

void TransformerEncoder::operator()(TensorView<float> x, std::span<const AttentionSpan> spans,
                                    Context& context) const {
  for (const TransformerBlock& block : blocks_) block(x, spans, context);
}

void fill_spans(std::span<const Sequence> sequences, bool pooled_only, std::span<AttentionSpan> spans) {
  std::int64_t row = 0;
  for (std::size_t i = 0; i < sequences.size(); ++i) {
    const Sequence& s = sequences[i];
    const auto query = static_cast<std::int64_t>(i);
    spans[i] = pooled_only ? AttentionSpan{row, s.length, query, 1, s.pooled_position}
                           : AttentionSpan{row, s.length, row, s.length, 0};
    row += s.length;
  }
}

}  // namespace sightline
