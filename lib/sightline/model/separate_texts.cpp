// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/separate_texts.h"

#include <algorithm>

namespace sightline {

DistinctTexts::DistinctTexts(std::span<const TextIds> sorted, Scratch::Frame& frame) {
  text_of = frame.take<std::int64_t>(Shape{std::ssize(sorted)}).flat();
  std::int64_t count = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const bool duplicate = i > 0 && std::ranges::equal(sorted[i - 1].ids, sorted[i].ids);
    count += duplicate ? 0 : 1;
    text_of[i] = count - 1;
  }
  texts = frame.take<TextIds>(Shape{count}).flat();
  for (std::size_t i = sorted.size(); i-- > 0;) texts[static_cast<std::size_t>(text_of[i])] = sorted[i];
}

SeparateTexts::SeparateTexts(std::span<const TextIds> sorted, std::int64_t length, PooledPosition pooled,
                             Scratch::Frame& frame)
    : distinct_(sorted, frame),
      spans_(frame.take<AttentionSpan>(Shape{std::ssize(texts())}).flat()),
      pooled_(frame.take<AttentionSpan>(Shape{std::ssize(texts())}).flat()) {
  for (std::size_t text = 0; text < spans_.size(); ++text) {
    const std::span<const std::int32_t> ids = texts()[text].ids;
    const std::int64_t rows = length > 0 ? length : std::ssize(ids);
    spans_[text] = {.first_row = rows_, .length = rows, .first_query = rows_, .queries = rows};
    pooled_[text] = {.first_row = rows_,
                     .length = rows,
                     .first_query = static_cast<std::int64_t>(text),
                     .queries = 1,
                     .position = pooled(ids)};
    rows_ += rows;
  }
}

}  // namespace sightline
