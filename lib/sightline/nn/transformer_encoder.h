// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "sightline/nn/transformer_block.h"

namespace sightline {

/// A run of consecutive rows inside a batch, and the one position whose output is wanted.
struct Sequence {
  std::int64_t length = 0;
  std::int64_t pooled_position = 0;
};

/// The blocks of one tower, in order. Weights: those of `layers.0`, `layers.1`, ...
/// Source:  transformers `CLIPEncoder`.
class TransformerEncoder {
 public:
  /// Errors: range for less than one block, and when the heads do not divide the width.
  TransformerEncoder(const WeightScope& scope, const EncoderConfig& config, Mask mask,
                     const GemmBackend& backend);

  /// The output at the pooled position of each sequence; the last block computes nothing else.
  /// Shapes:  x [sum of lengths, W], the sequences one after another, is overwritten; pooled [S, W].
  /// Errors:  mismatch for other shapes, and for a position outside its sequence.
  void operator()(TensorView<float> x, std::span<const Sequence> sequences, TensorView<float> pooled,
                  Context& context) const;
  /// Every position, in place; the pooled positions are ignored. Shapes and errors: as above.
  void operator()(TensorView<float> x, std::span<const Sequence> sequences, Context& context) const;

  const EncoderConfig& config() const { return config_; }
  std::span<const TransformerBlock> blocks() const { return blocks_; }

 private:
  void check_input(const Shape& x, std::span<const Sequence> sequences) const;

  std::vector<TransformerBlock> blocks_;
  EncoderConfig config_;
};

/// The attention spans of whole sequences (every row is a query), or of their pooled rows only.
void fill_spans(std::span<const Sequence> sequences, bool pooled_only, std::span<AttentionSpan> spans);

}  // namespace sightline
