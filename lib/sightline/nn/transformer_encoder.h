// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "sightline/nn/transformer_block.h"

namespace sightline {

/// A sequence of consecutive rows in a batch, and the position whose output is pooled.
struct Sequence {
  std::int64_t length = 0;
  std::int64_t pooled_position = 0;
};

/// The attention of a whole pass.
struct EncoderSpans {
  std::span<const AttentionSpan> all;       ///< every row of the input is a query of exactly one of them
  std::span<const AttentionSpan> pooled;    ///< of the pooled rows: one query each, number i of span i
  std::span<const std::int64_t> rows = {};  ///< the pooled rows; empty: those at the positions of `pooled`
};

/// The blocks of one tower, in order. Weights: those of `layers.0`, `layers.1`, ...
/// Source:  transformers `CLIPEncoder`, `BertEncoder`.
class TransformerEncoder {
 public:
  /// `rotary`: the rotary positions of the sequences, if they have some. Errors: range for less than one
  /// block, and if the width is not a multiple of the number of heads.
  TransformerEncoder(const WeightScope& scope, const EncoderConfig& config, Mask mask,
                     const GemmBackend& backend, const std::shared_ptr<const RotaryTable>& rotary = nullptr);

  /// Computes the output of each pooled row; the last block computes no other rows. Shapes:  x [R, W] is
  /// overwritten; pooled [S, W]. Errors: mismatch for other shapes, and for spans that exceed them.
  void operator()(TensorView<float> x, const EncoderSpans& spans, TensorView<float> pooled,
                  Context& context) const;
  /// Computes the output at the pooled position of each sequence; the last block computes no other rows.
  /// Shapes:  x [sum of lengths, W] holds the sequences one after another and is overwritten; pooled [S, W].
  /// Errors:  mismatch for other shapes and for a position outside its sequence.
  void operator()(TensorView<float> x, std::span<const Sequence> sequences, TensorView<float> pooled,
                  Context& context) const;
  /// Computes every row in place. Shapes:  x [R, W]. Errors: as above.
  void operator()(TensorView<float> x, std::span<const AttentionSpan> spans, Context& context) const;
  /// Computes every position in place; the pooled positions are ignored. Shapes and errors: as above.
  void operator()(TensorView<float> x, std::span<const Sequence> sequences, Context& context) const;

  const EncoderConfig& config() const { return config_; }
  std::span<const TransformerBlock> blocks() const { return blocks_; }

 private:
  void check_input(const Shape& x, std::span<const Sequence> sequences) const;

  std::vector<TransformerBlock> blocks_;
  EncoderConfig config_;
};

/// Fills in the attention spans of whole sequences, in which every row is a query, or of their pooled rows
/// only.
void fill_spans(std::span<const Sequence> sequences, bool pooled_only, std::span<AttentionSpan> spans);

}  // namespace sightline
