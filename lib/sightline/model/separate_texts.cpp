// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/separate_texts.h"

#include <algorithm>

namespace sightline {

SeparateTexts::SeparateTexts(std::span<const TextIds> sorted, std::int64_t length, PooledPosition pooled,
                             Scratch::Frame& frame) {
  text_of_ = frame.take<std::int64_t>(Shape{std::ssize(sorted)}).flat();
  std::int64_t count = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const bool duplicate = i > 0 && std::ranges::equal(sorted[i - 1].ids, sorted[i].ids);
    count += duplicate ? 0 : 1;
    text_of_[i] = count - 1;
  }
  texts_ = frame.take<TextIds>(Shape{count}).flat();
  spans_ = frame.take<AttentionSpan>(Shape{count}).flat();
  pooled_ = frame.take<AttentionSpan>(Shape{count}).flat();
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    if (i > 0 && text_of_[i] == text_of_[i - 1]) continue;
    const auto text = static_cast<std::size_t>(text_of_[i]);
    const std::int64_t rows = length > 0 ? length : std::ssize(sorted[i].ids);
    texts_[text] = sorted[i];
    spans_[text] = {.first_row = rows_, .length = rows, .first_query = rows_, .queries = rows};
    pooled_[text] = {.first_row = rows_,
                     .length = rows,
                     .first_query = text_of_[i],
                     .queries = 1,
                     .position = pooled(sorted[i].ids)};
    rows_ += rows;
  }
}

}  // namespace sightline
