// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/class_row_texts.h"

namespace sightline {

ClassRowTexts::ClassRowTexts(std::span<const TextIds> sorted, std::int64_t context, std::int64_t pad_id,
                             Scratch::Frame& frame)
    : distinct_(sorted, frame) {
  const std::int64_t count = std::ssize(texts());
  std::int64_t most = 0;
  for (const TextIds& text : texts()) most += std::ssize(text.ids) + 2;
  positions_ = frame.take<std::int64_t>(Shape{most}).flat();
  class_rows_ = frame.take<std::int64_t>(Shape{count}).flat();
  spans_ = frame.take<AttentionSpan>(Shape{2 * count}).flat();
  pooled_ = frame.take<AttentionSpan>(Shape{count}).flat();

  std::int64_t row = 0;
  const auto add_row = [&](std::int64_t position) { positions_[static_cast<std::size_t>(row++)] = position; };
  for (std::int64_t i = 0; i < count; ++i) {
    const auto text = static_cast<std::size_t>(i);
    const std::span<const std::int32_t> ids = texts()[text].ids;
    const std::int64_t first = row;
    add_row(0);
    for (std::int64_t at = 1; at <= std::ssize(ids) && at < context; ++at) {
      if (ids[static_cast<std::size_t>(at - 1)] != pad_id) add_row(at);
    }
    const std::int64_t class_row = row;
    add_row(context);
    const bool sees_itself = std::ssize(ids) == context;
    const std::int64_t keys = class_row - first + (sees_itself ? 1 : 0);
    spans_[2 * text] = {
        .first_row = first, .length = keys, .first_query = first, .queries = class_row - first};
    spans_[2 * text + 1] = {
        .first_row = first, .length = keys, .first_query = class_row, .queries = 1, .position = keys - 1};
    pooled_[text] = {
        .first_row = first, .length = keys, .first_query = i, .queries = 1, .position = keys - 1};
    class_rows_[text] = class_row;
  }
  positions_ = positions_.first(static_cast<std::size_t>(row));
}

}  // namespace sightline
