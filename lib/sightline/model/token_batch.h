// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace sightline {

/// The token ids of texts of different lengths, stored one after another without padding.
class TokenBatch {
 public:
  /// Adds one text.
  void add(std::span<const std::int32_t> ids) {
    ids_.insert(ids_.end(), ids.begin(), ids.end());
    ends_.push_back(static_cast<std::int64_t>(ids_.size()));
  }
  /// Number of texts.
  std::int64_t size() const { return static_cast<std::int64_t>(ends_.size()); }
  /// Total number of ids.
  std::int64_t total() const { return static_cast<std::int64_t>(ids_.size()); }
  /// The ids of one text, valid until the batch changes. Errors: range.
  std::span<const std::int32_t> operator[](std::int64_t index) const {
    if (index < 0 || index >= size()) fail_index(index);
    const std::int64_t begin = index == 0 ? 0 : ends_[static_cast<std::size_t>(index - 1)];
    const std::int64_t end = ends_[static_cast<std::size_t>(index)];
    return {ids_.data() + begin, static_cast<std::size_t>(end - begin)};
  }
  void clear() {
    ids_.clear();
    ends_.clear();
  }

 private:
  [[noreturn]] void fail_index(std::int64_t index) const;

  std::vector<std::int32_t> ids_;
  std::vector<std::int64_t> ends_;
};

}  // namespace sightline
