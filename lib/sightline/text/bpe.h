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
  ~BytePairMerger();

  /// The next merge in rank order. Returns false when the pair stands there already.
  bool add(std::int32_t left, std::int32_t right, std::int32_t merged);

  /// Merges `symbols` in place; symbols below 0 never merge. O(n log n).
  void merge(std::vector<std::int32_t>& symbols) const;

 private:
  struct Rule {
    std::uint64_t pair;
    std::int32_t rank, merged;
  };
  const Rule* find(std::int32_t left, std::int32_t right) const;
  void merge_short(std::vector<std::int32_t>& symbols) const;
  void merge_long(std::vector<std::int32_t>& symbols) const;

  std::vector<Rule> slots_;  ///< open addressing; an empty slot has rank -1
  std::int32_t next_rank_ = 0;
};

/// Token strings to ids 0 ... size-1, in an open-addressing table over strings somebody else owns.
class SymbolTable {
 public:
  explicit SymbolTable(std::size_t size);
  /// Returns false when the string stands there already. Ids must lie in 0 ... size-1.
  bool add(std::string_view symbol, std::int32_t id);
  /// The id, or -1.
  std::int32_t find(std::string_view symbol) const;
  /// Whether `id` is there and stands for `symbol`: cheaper than `find` when one may guess.
  bool stands_for(std::int32_t id, std::string_view symbol) const;

 private:
  struct Slot {
    std::uint32_t tag = 0;  ///< part of the hash, so that few strings are compared in vain
    std::int32_t id = -1;
  };
  std::size_t slot_of(std::string_view symbol, std::uint64_t hash) const;
  std::vector<Slot> slots_;
  std::vector<std::string_view> symbols_;  ///< by id
};

}  // namespace sightline
