// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/splitting.h"

#include <algorithm>

namespace sightline {
namespace {

// Joins each part with the one before it if `joins(previous, part)`, which sees them as they were.
template <class Joins>
void join_parts(std::vector<TextPart>& parts, const Joins& joins) {
  std::size_t count = 0;
  bool previous = false;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const TextPart part = parts[i];
    if (count > 0 && joins(previous, part.delimiter)) {
      parts[count - 1].begin = std::min(parts[count - 1].begin, part.begin);
      parts[count - 1].end = std::max(parts[count - 1].end, part.end);
    } else {
      parts[count++] = part;
    }
    previous = part.delimiter;
  }
  parts.resize(count);
}

}  // namespace

void apply_behavior(std::vector<TextPart>& parts, DelimiterBehavior behavior) {
  const auto delimiter_after_text = [](bool previous, bool delimiter) { return delimiter && !previous; };
  switch (behavior) {
    case DelimiterBehavior::isolated:
      return;
    case DelimiterBehavior::removed:
      std::erase_if(parts, [](const TextPart& part) { return part.delimiter; });
      return;
    case DelimiterBehavior::contiguous:
      join_parts(parts, [](bool previous, bool delimiter) { return previous == delimiter; });
      return;
    case DelimiterBehavior::merged_with_previous:
      join_parts(parts, delimiter_after_text);
      return;
    case DelimiterBehavior::merged_with_next:
      std::reverse(parts.begin(), parts.end());
      join_parts(parts, delimiter_after_text);
      std::reverse(parts.begin(), parts.end());
  }
}

}  // namespace sightline
