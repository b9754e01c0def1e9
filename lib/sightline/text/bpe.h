// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "sightline/text/merge_index.h"

namespace sightline {

/// Byte-pair merging over token ids: repeatedly merges the adjacent pair of lowest rank (the leftmost of
/// equals) until none is left. A view of the merges. const = safe to share.
class BytePairMerger {
 public:
  BytePairMerger() = default;
  explicit BytePairMerger(const MergeIndex& index) : index_(index) {}

  /// Merges `symbols` in place; negative symbols never merge. O(n log n).
  void merge(std::vector<std::int32_t>& symbols) const;
  const MergeIndex& index() const { return index_; }

 private:
  void merge_short(std::vector<std::int32_t>& symbols) const;
  template <class Queue>
  void merge_linked(std::vector<std::int32_t>& symbols, Queue& queue) const;

  MergeIndex index_;
};

}  // namespace sightline
