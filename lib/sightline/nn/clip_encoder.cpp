// SPDX-License-Identifier: Apache-2.0
#include "sightline/nn/clip_encoder.h"

#include <cstring>
#include <type_traits>

namespace sightline {
namespace {

// Spans in scratch memory, so that a warm pass allocates nothing.
std::span<AttentionSpan> take_spans(Scratch::Frame& frame, std::size_t count) {
  static_assert(std::is_trivially_copyable_v<AttentionSpan> && alignof(AttentionSpan) <= 64);
  const auto floats = static_cast<std::int64_t>(count * sizeof(AttentionSpan) / sizeof(float));
  return {reinterpret_cast<AttentionSpan*>(frame.take(Shape{floats}).data()), count};
}

}  // namespace

CLIPEncoder::CLIPEncoder(const WeightScope& scope, const EncoderConfig& config, Mask mask,
                         const GemmBackend& backend)
    : Layer("clip_encoder"), config_(config), mask_(mask) {
  for (std::int64_t i = 0; i < config.layers; ++i) {
    blocks_.push_back(std::make_unique<ResidualAttention>(scope / "layers" / i, config, mask, backend));
    add_sublayer(*blocks_.back());
  }
}

CLIPEncoder::CLIPEncoder(const Arguments& arguments, const Untrained& untrained)
    : CLIPEncoder(WeightScope(initial_weights(0, arguments.num_layers, untrained.seed)),
                  EncoderConfig::of(arguments.width, arguments.num_layers, arguments.heads), arguments.mask,
                  gemm_backend(untrained.backend)) {
  take_arguments(untrained.name, untrained.dtype, untrained.trainable);
}

std::unique_ptr<CLIPEncoder> CLIPEncoder::from_config(const LayerConfig& config, const Untrained& untrained) {
  check_arguments(config, {"width", "num_layers", "heads", "causal"});
  const Arguments arguments = {.width = config_value<std::int64_t>(config, "width"),
                               .num_layers = config_value<std::int64_t>(config, "num_layers"),
                               .heads = config_value<std::int64_t>(config, "heads"),
                               .mask = config_value(config, "causal", false) ? Mask::causal : Mask::none};
  return std::make_unique<CLIPEncoder>(arguments, untrained.with(config));
}

LayerConfig CLIPEncoder::get_config() const {
  LayerConfig config = Layer::get_config();
  config.insert({{"width", config_.width},
                 {"num_layers", config_.layers},
                 {"heads", config_.heads},
                 {"causal", mask_ == Mask::causal}});
  return config;
}

Shape CLIPEncoder::compute_output_shape(const Shape& input_shape) const {
  return Shape{input_shape[0], input_shape.last()};
}

void CLIPEncoder::operator()(TensorView<float> x, std::span<const Sequence> sequences,
                             TensorView<float> pooled, Context& context) const {
  std::int64_t rows = 0;
  for (const Sequence& sequence : sequences) rows += sequence.length;
  check_rows(name(), "an input", x.shape(), rows, config_.width);
  check_rows(name(), "an output", pooled.shape(), std::ssize(sequences), config_.width);
  Scratch::Frame frame(context.scratch);
  const std::span<AttentionSpan> spans = take_spans(frame, sequences.size());
  fill_spans(sequences, false, spans);
  for (std::int64_t i = 0; i + 1 < layers(); ++i) layer(i)(x, spans, context);
  fill_spans(sequences, true, spans);
  layer(layers() - 1).pool(x, spans, pooled, context);
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
