// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace sightline {

/// Byte-pair merging over ids: the lowest-ranked adjacent pair first, the leftmost of equals, until none is
/// left. const = safe to share.
class BytePairMerger {
 public:
  explicit BytePairMerger(std::size_t merges);

  /// The next merge in rank order. Returns false when the pair stands there already.
  bool add(std::int32_t left, std::int32_t right, std::int32_t merged);
  /// Fetches what `add` will look at, when it will be called before long.
  void prefetch(std::int32_t left, std::int32_t right) const;

  /// Merges `symbols` in place; symbols below 0 never merge. O(n log n).
  void merge(std::vector<std::int32_t>& symbols) const;

 private:
  static constexpr std::int32_t kNoRank = -1;
  struct Slot {
    std::uint32_t tag = 0;  ///< part of the pair's hash, so that a pair that is not there costs one look
    std::int32_t rank = kNoRank;
  };
  struct Merge {
    std::int32_t left, right, merged;
  };
  /// Where the pair stands, or where it belongs.
  std::size_t slot_of(std::int32_t left, std::int32_t right) const;
  std::int32_t rank_of(std::int32_t left, std::int32_t right) const {
    return left < 0 || right < 0 ? kNoRank : slots_[slot_of(left, right)].rank;
  }
  void merge_short(std::vector<std::int32_t>& symbols) const;
  template <class Queue>
  void merge_linked(std::vector<std::int32_t>& symbols, Queue& queue) const;

  std::vector<Slot> slots_;    ///< open addressing
  std::vector<Merge> merges_;  ///< by rank
};

/// Token strings to ids 0 ... size-1, in an open-addressing table over strings somebody else owns. Short
/// strings, which nearly all are, stand in the table itself.
class SymbolTable {
 public:
  explicit SymbolTable(std::size_t size);
  /// Returns false when the string stands there already. Ids must lie in 0 ... size-1.
  bool add(std::string_view symbol, std::int32_t id);
  /// The id, or -1.
  std::int32_t find(std::string_view symbol) const { return find(symbol, probe(symbol)); }
  /// Whether `id` is there and stands for `symbol`: cheaper than `find` when one may guess.
  bool stands_for(std::int32_t id, std::string_view symbol) const;

  /// Up to 11 bytes and their number; of a longer string its hash.
  struct Key {
    std::uint64_t low = 0;
    std::uint32_t high = 0;
    bool operator==(const Key&) const = default;
    bool is_whole() const { return high >> 24 != 0xFF; }
  };
  /// Where a string is looked for. `probe` fetches the place, for a `find` that comes before long.
  struct Probe {
    Key key;
    std::size_t slot;
  };
  Probe probe(std::string_view symbol) const;
  std::int32_t find(std::string_view symbol, const Probe& probe) const {
    return slots_[slot_of(symbol, probe)].id;
  }

 private:
  struct Slot {
    std::uint32_t low_bits = 0, middle_bits = 0,
                  high = 0;  // of the key, side by side in 16 bytes with the id
    std::int32_t id = -1;
  };
  static Key key_of(std::string_view symbol);
  std::size_t slot_of(std::string_view symbol, const Probe& probe) const;

  std::vector<Slot> slots_;
  std::vector<std::string_view> symbols_;  ///< by id
};

}  // namespace sightline
