// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace sightline {

/// A merge of byte-pair encoding; its position in a list of merges is its rank. The format of token tables.
struct Merge {
  std::int32_t left, right, merged;
};

/// Finds the rank of a pair: a hash table with open addressing over a list of merges. A view of memory that
/// may be a token table in a file. const = safe to share.
class MergeIndex {
 public:
  static constexpr std::int32_t kNoRank = -1;
  static constexpr std::size_t kMaxSize = (1 << 20) - 2;  ///< a slot has 20 bits for a rank
  /// A pair is in one of the first slots of its probe sequence, so every search ends there.
  static constexpr std::size_t kMaxProbes = 256;
  static constexpr std::size_t slots_for(std::size_t merges) { return 2 * merges + 1; }

  MergeIndex() = default;
  /// `slots` has `slots_for(merges.size())` elements, filled by `MergeTable::build_index` with this seed.
  MergeIndex(std::span<const Merge> merges, std::span<const std::uint32_t> slots, std::uint32_t seed)
      : merges_(merges), slots_(slots), seed_(seed) {}

  /// The rank of a pair, or kNoRank; negative ids have no rank.
  std::int32_t rank_of(std::int32_t left, std::int32_t right) const;
  std::span<const Merge> merges() const { return merges_; }
  std::span<const std::uint32_t> slots() const { return slots_; }
  std::uint32_t seed() const { return seed_; }

  /// Whether no search can access memory outside of the arrays, for slots from a file. Much faster than:
  bool is_safe() const;
  /// Whether the slots contain every rank exactly once, where a search finds it. For slots from a file.
  bool is_sound() const;

 private:
  std::span<const Merge> merges_;
  std::span<const std::uint32_t> slots_;
  std::uint32_t seed_ = 0;
};

/// Merges and their index in memory of their own.
class MergeTable {
 public:
  /// `build_index` must be called before `index`.
  explicit MergeTable(std::vector<Merge> merges) : merges_(std::move(merges)) {}
  /// Returns the rank of the first merge whose pair already has a lower rank, if there is one; the index is
  /// then incomplete. Ids are not negative. Errors: limit for more than kMaxSize merges, or if too many
  /// pairs collide, with `subject`.
  [[nodiscard]] std::optional<std::size_t> build_index(std::string_view subject);
  /// Valid as long as this object.
  MergeIndex index() const { return {merges_, slots_, seed_}; }

 private:
  enum class Outcome { complete, duplicate, collisions };
  Outcome fill_slots(std::size_t& duplicate);

  std::vector<Merge> merges_;
  std::vector<std::uint32_t> slots_;
  std::uint32_t seed_ = 0;
};

}  // namespace sightline
