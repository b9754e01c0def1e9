// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/merge_index.h"

#include <algorithm>
#include <string>

#include "sightline/base/error.h"

namespace sightline {
namespace {

// A slot contains a rank and, above it, a tag from the pair's hash, so that another pair in the slot rarely
// costs an access to its merge.
constexpr std::uint32_t kFree = UINT32_MAX;
constexpr int kRankBits = 20;
constexpr std::uint32_t kRankMask = (1U << kRankBits) - 1;
static_assert(MergeIndex::kMaxSize <= kRankMask, "no rank equals that of kFree");
// A seed fails by chance less than once in a million tables, and pairs chosen to collide under one seed do
// not under the others.
constexpr std::uint32_t kSeeds = 16;
constexpr std::size_t kAhead = 16;  // number of merges whose slots are prefetched

struct Hash {
  std::size_t home;  ///< the first slot of the probe sequence
  std::uint32_t tag;
};

Hash hash_of(std::int32_t left, std::int32_t right, std::uint32_t seed, std::size_t slots) {
  const std::uint64_t pair =
      static_cast<std::uint64_t>(static_cast<std::uint32_t>(left)) << 32 | static_cast<std::uint32_t>(right);
  std::uint64_t hash = (pair + seed) * 0x9E3779B97F4A7C15ULL;
  hash = (hash ^ hash >> 29) * 0xBF58476D1CE4E5B9ULL;
  return {static_cast<std::size_t>((hash >> 32) * slots >> 32),
          static_cast<std::uint32_t>(hash) & ~kRankMask};
}

std::size_t next_slot(std::size_t slot, std::size_t slots) { return slot + 1 < slots ? slot + 1 : 0; }

}  // namespace

std::int32_t MergeIndex::rank_of(std::int32_t left, std::int32_t right) const {
  if (left < 0 || right < 0 || slots_.empty()) return kNoRank;
  const Hash hash = hash_of(left, right, seed_, slots_.size());
  std::size_t at = hash.home;
  for (std::size_t probe = 0; probe < kMaxProbes; ++probe, at = next_slot(at, slots_.size())) {
    const std::uint32_t slot = slots_[at];
    if (slot == kFree) return kNoRank;
    if ((slot & ~kRankMask) != hash.tag) continue;
    const Merge& merge = merges_[slot & kRankMask];
    if (merge.left == left && merge.right == right) return static_cast<std::int32_t>(slot & kRankMask);
  }
  return kNoRank;
}

bool MergeIndex::is_safe() const {
  if (merges_.size() > kMaxSize || slots_.size() != slots_for(merges_.size())) return false;
  return std::all_of(slots_.begin(), slots_.end(), [&](std::uint32_t slot) {
    return slot == kFree || (slot & kRankMask) < merges_.size();
  });
}

bool MergeIndex::is_sound() const {
  const std::size_t count = slots_.size();
  if (merges_.size() > kMaxSize || count != slots_for(merges_.size())) return false;
  std::size_t used = 0;
  for (const std::uint32_t slot : slots_) {
    used += slot != kFree ? 1 : 0;
    if (slot != kFree && (slot & kRankMask) >= merges_.size()) return false;
  }
  if (used != merges_.size()) return false;  // so at least one slot is free
  std::vector<bool> ranks(merges_.size());
  const auto first_free =
      static_cast<std::size_t>(std::find(slots_.begin(), slots_.end(), kFree) - slots_.begin());
  std::size_t run = 0;  // number of used slots before the current one without a free one between them
  for (std::size_t i = 1; i < count; ++i) {
    const std::size_t at = first_free + i < count ? first_free + i : first_free + i - count;
    if (slots_[at] == kFree) {
      run = 0;
      continue;
    }
    const std::uint32_t rank = slots_[at] & kRankMask;
    const Hash hash = hash_of(merges_[rank].left, merges_[rank].right, seed_, count);
    const std::size_t probes = at >= hash.home ? at - hash.home : at + count - hash.home;
    if (probes > run || probes >= kMaxProbes || hash.tag != (slots_[at] & ~kRankMask) || ranks[rank])
      return false;
    ranks[rank] = true;
    ++run;
  }
  return true;
}

std::optional<std::size_t> MergeTable::build_index(std::string_view subject) {
  if (merges_.size() > MergeIndex::kMaxSize)
    fail(ErrorCode::limit, subject, "has " + std::to_string(merges_.size()) + " merges");
  for (seed_ = 0; seed_ < kSeeds; ++seed_) {
    std::size_t duplicate = 0;
    const Outcome outcome = fill_slots(duplicate);
    if (outcome == Outcome::complete) return std::nullopt;
    if (outcome == Outcome::duplicate) return duplicate;
  }
  fail(ErrorCode::limit, subject, "has merges that all collide in a hash table");
}

MergeTable::Outcome MergeTable::fill_slots(std::size_t& duplicate) {
  const std::size_t count = MergeIndex::slots_for(merges_.size());
  slots_.assign(count, kFree);
  for (std::size_t rank = 0; rank < merges_.size(); ++rank) {
    const Merge& ahead = merges_[std::min(rank + kAhead, merges_.size() - 1)];
    __builtin_prefetch(&slots_[hash_of(ahead.left, ahead.right, seed_, count).home], 1);
    const Merge& merge = merges_[rank];
    const Hash hash = hash_of(merge.left, merge.right, seed_, count);
    std::size_t at = hash.home;
    std::size_t probe = 0;
    for (; slots_[at] != kFree && probe < MergeIndex::kMaxProbes; ++probe, at = next_slot(at, count)) {
      if ((slots_[at] & ~kRankMask) != hash.tag) continue;
      const Merge& other = merges_[slots_[at] & kRankMask];
      if (other.left != merge.left || other.right != merge.right) continue;
      duplicate = rank;
      return Outcome::duplicate;
    }
    if (probe == MergeIndex::kMaxProbes) return Outcome::collisions;
    slots_[at] = hash.tag | static_cast<std::uint32_t>(rank);
  }
  return Outcome::complete;
}

}  // namespace sightline
