// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/prefix_tree.h"

#include <algorithm>
#include <numeric>

namespace sightline {
namespace {

std::int64_t length_of(const TextIds& text) { return std::ssize(text.ids); }

// The number of ids that text `i` shares with the one before it. It is the longest prefix that it shares with
// any earlier one, because the texts are sorted.
std::int64_t known_prefix(std::span<const TextIds> sorted, std::size_t i) {
  return i == 0 ? 0 : shared_prefix(sorted[i - 1].ids, sorted[i].ids);
}

bool is_duplicate(std::span<const TextIds> sorted, std::size_t i) {
  return i > 0 && std::ranges::equal(sorted[i - 1].ids, sorted[i].ids);
}

}  // namespace

void sort_by_ids(std::span<TextIds> texts) {
  std::sort(texts.begin(), texts.end(), [](const TextIds& a, const TextIds& b) {
    return std::ranges::lexicographical_compare(a.ids, b.ids);
  });
}

std::int64_t shared_prefix(std::span<const std::int32_t> a, std::span<const std::int32_t> b) {
  return std::ranges::mismatch(a, b).in1 - a.begin();
}

std::int64_t count_prefixes(std::span<const TextIds> sorted) {
  std::int64_t count = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i) count += length_of(sorted[i]) - known_prefix(sorted, i);
  return count;
}

std::int64_t count_fitting(std::span<const TextIds> sorted, std::int64_t max_rows) {
  std::int64_t rows = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    rows += length_of(sorted[i]) - known_prefix(sorted, i);
    if (rows > max_rows && i > 0) return static_cast<std::int64_t>(i);
  }
  return std::ssize(sorted);
}

PrefixTree::PrefixTree(std::span<const TextIds> sorted, Scratch::Frame& frame) {
  std::int64_t count = 0, ids = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    if (is_duplicate(sorted, i)) continue;
    ++count;
    ids += length_of(sorted[i]);
  }
  texts_ = frame.take<TextIds>(Shape{count}).flat();
  spans_ = frame.take<AttentionSpan>(Shape{count}).flat();
  pooled_ = frame.take<AttentionSpan>(Shape{count}).flat();
  text_of_ = frame.take<std::int64_t>(Shape{std::ssize(sorted)}).flat();
  std::span<std::int64_t> paths = frame.take<std::int64_t>(Shape{ids}).flat(), previous;
  std::size_t text = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    if (!is_duplicate(sorted, i)) {
      const std::int64_t length = length_of(sorted[i]), known = known_prefix(sorted, i);
      const std::span<std::int64_t> path = paths.first(sorted[i].ids.size());
      paths = paths.subspan(path.size());
      std::copy_n(previous.begin(), known, path.begin());
      std::iota(path.begin() + known, path.end(), rows_);
      texts_[text] = sorted[i];
      spans_[text] = {
          .length = length, .first_query = rows_, .queries = length - known, .position = known, .path = path};
      pooled_[text] = {.length = length,
                       .first_query = static_cast<std::int64_t>(text),
                       .queries = 1,
                       .position = length - 1,
                       .path = path};
      rows_ += length - known;
      previous = path;
      ++text;
    }
    text_of_[i] = static_cast<std::int64_t>(text) - 1;
  }
}

}  // namespace sightline
