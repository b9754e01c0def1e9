// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sightline/base/function_ref.h"
#include "sightline/model/prefix_tree.h"

namespace sightline {

/// Sorted texts without duplicates. Lies in scratch memory and is valid until its frame ends.
struct DistinctTexts {
  /// `sorted`: texts in the order of `sort_by_ids`.
  DistinctTexts(std::span<const TextIds> sorted, Scratch::Frame& frame);

  std::span<TextIds> texts;
  std::span<std::int64_t> text_of;  ///< the text in `texts` to which each of the sorted texts is equal
};

/// Texts as sequences of their own in a residual stream, for towers whose rows attend to later ones too
/// (compare `PrefixTree`). Equal texts share their rows. Lies in scratch memory and is valid until its frame
/// ends.
class SeparateTexts {
 public:
  /// The position that represents a text.
  using PooledPosition = FunctionRef<std::int64_t(std::span<const std::int32_t> ids)>;

  /// `sorted`: texts of at least one id in the order of `sort_by_ids`. `length`: number of rows of every
  /// text; 0: as many as it has ids.
  SeparateTexts(std::span<const TextIds> sorted, std::int64_t length, PooledPosition pooled,
                Scratch::Frame& frame);

  std::int64_t rows() const { return rows_; }
  /// The texts without duplicates. Text i has the rows of span i.
  std::span<const TextIds> texts() const { return distinct_.texts; }
  EncoderSpans spans() const { return {spans_, pooled_}; }
  /// The text in `texts` to which each of the sorted texts is equal.
  std::span<const std::int64_t> text_of() const { return distinct_.text_of; }

 private:
  DistinctTexts distinct_;
  std::int64_t rows_ = 0;
  std::span<AttentionSpan> spans_, pooled_;
};

}  // namespace sightline
