// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "sightline/nn/encoder_config.h"
#include "sightline/ops/attention.h"

namespace sightline {

/// The angles by which the positions of a grid of patches turn queries and keys. Rows before those of the
/// patches (a class embedding) are not turned. const = safe to share: one table serves all blocks of a tower.
/// Source:  timm `RotaryEmbeddingCat`.
class RotaryTable {
 public:
  /// A table for `leading` other rows and `side` * `side` patches. Errors: range if the head width is not a
  /// multiple of 4.
  RotaryTable(const Rotary& rotary, std::int64_t side, std::int64_t leading, std::int64_t head_width);

  /// Turns the queries and the rows of keys of each span, in place.
  /// Shapes:  queries [Q, W], keys [R, W], W a multiple of the head width; spans as for `attention`. Errors:
  /// mismatch if a span is not one of this table's sequences in consecutive rows, or shares rows with the
  /// span before it.
  void rotate(TensorView<float> queries, TensorView<float> keys, std::span<const AttentionSpan> spans,
              Context& context) const;

 private:
  void check(std::span<const AttentionSpan> spans) const;
  void rotate_row(TensorView<float> rows, std::int64_t row, std::int64_t position) const;

  std::int64_t positions_, leading_, pairs_;
  std::vector<float> cosines_, sines_;  // [patches, pairs]
};

}  // namespace sightline
