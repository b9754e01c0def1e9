// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace sightline {

/// Byte-pair merging over token ids: repeatedly merges the adjacent pair of lowest rank (the leftmost of
/// equals) until none is left. const = safe to share.
class BytePairMerger {
 public:
  explicit BytePairMerger(std::size_t merges);

  /// Adds the next merge in rank order. Returns false if the pair already exists.
  bool add(std::int32_t left, std::int32_t right, std::int32_t merged);
  /// Prefetches the slot that a later `add` of this pair will read.
  void prefetch(std::int32_t left, std::int32_t right) const;

  /// Merges `symbols` in place; negative symbols never merge. O(n log n).
  void merge(std::vector<std::int32_t>& symbols) const;

 private:
  static constexpr std::int32_t kNoRank = -1;
  struct Slot {
    std::uint32_t tag = 0;  ///< part of the pair's hash, so that a missing pair usually costs one probe
    std::int32_t rank = kNoRank;
  };
  struct Merge {
    std::int32_t left, right, merged;
  };
  /// The slot that contains the pair, or the free slot where it belongs.
  std::size_t slot_of(std::int32_t left, std::int32_t right) const;
  std::int32_t rank_of(std::int32_t left, std::int32_t right) const {
    return left < 0 || right < 0 ? kNoRank : slots_[slot_of(left, right)].rank;
  }
  void merge_short(std::vector<std::int32_t>& symbols) const;
  template <class Queue>
  void merge_linked(std::vector<std::int32_t>& symbols, Queue& queue) const;

  std::vector<Slot> slots_;    ///< open addressing
  std::vector<Merge> merges_;  ///< indexed by rank
};

}  // namespace sightline
