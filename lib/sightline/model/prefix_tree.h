// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "sightline/nn/transformer_encoder.h"

namespace sightline {

/// A text of a batch: its ids up to the position that represents it, and its index in the batch.
struct TextIds {
  std::span<const std::int32_t> ids;
  std::int64_t index = 0;
};

/// Sorts texts by their ids, so that neighbours share the longest prefixes and duplicates are adjacent.
void sort_by_ids(std::span<TextIds> texts);
/// The number of ids that two texts have in common at their beginning.
std::int64_t shared_prefix(std::span<const std::int32_t> a, std::span<const std::int32_t> b);
/// The number of distinct prefixes of sorted texts: the rows that a pass computes for them.
std::int64_t count_prefixes(std::span<const TextIds> sorted);
/// The number of leading texts, at least 1, that have at most `max_rows` distinct prefixes.
std::int64_t count_fitting(std::span<const TextIds> sorted, std::int64_t max_rows);

/// The distinct prefixes of some texts as rows of a residual stream. Under a causal mask, a row depends only
/// on its own id and those before it, so texts that begin alike share the rows of their common prefix. The
/// tree lies in scratch memory and is valid until its frame ends.
class PrefixTree {
 public:
  /// `sorted`: texts of at least one id in the order of `sort_by_ids`.
  PrefixTree(std::span<const TextIds> sorted, Scratch::Frame& frame);

  /// R, the number of rows; ancestors come before their descendants.
  std::int64_t rows() const { return rows_; }
  /// The texts without duplicates. Text i computes the rows of span i, whose keys are its whole path.
  std::span<const TextIds> texts() const { return texts_; }
  /// Every row is a query of one span, in order. The pooled row of text i is that of its last id.
  EncoderSpans spans() const { return {spans_, pooled_}; }
  /// The text in `texts` to which each of the sorted texts is equal.
  std::span<const std::int64_t> text_of() const { return text_of_; }

 private:
  std::int64_t rows_ = 0;
  std::span<TextIds> texts_;
  std::span<AttentionSpan> spans_, pooled_;
  std::span<std::int64_t> text_of_;
};

}  // namespace sightline
