// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sightline/model/separate_texts.h"

namespace sightline {

/// Texts followed by a class row each, in a residual stream. A position takes part if the id before it is not
/// the padding, or if it is the first one: OpenCLIP's CoCa shifts the mask of the padding by one position. So
/// a padding id hides the position after it, the row after the last id belongs to the padding, and the class
/// row attends to that row, but to itself only if there is no padding. Positions that are hidden from all
/// have no row. Equal texts share their rows. Lies in scratch memory and is valid until its frame ends.
/// Source:  open_clip `TextTransformer._build_additive_mask`.
class ClassRowTexts {
 public:
  /// `sorted`: texts of 1 to `context` ids in the order of `sort_by_ids`, without the padding after them.
  ClassRowTexts(std::span<const TextIds> sorted, std::int64_t context, std::int64_t pad_id,
                Scratch::Frame& frame);

  std::int64_t rows() const { return std::ssize(positions_); }
  /// The texts without duplicates. Text i has the rows of span 2i, and span 2i + 1 is that of its class row.
  std::span<const TextIds> texts() const { return distinct_.texts; }
  EncoderSpans spans() const { return {spans_, pooled_, class_rows_}; }
  /// The text in `texts` to which each of the sorted texts is equal.
  std::span<const std::int64_t> text_of() const { return distinct_.text_of; }
  /// The position of every row in its text; that of a class row is the context.
  std::span<const std::int64_t> positions() const { return positions_; }

 private:
  DistinctTexts distinct_;
  std::span<AttentionSpan> spans_, pooled_;
  std::span<std::int64_t> positions_, class_rows_;
};

}  // namespace sightline
