// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/piece_index.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "sightline/base/error.h"
#include "sightline/base/format.h"

namespace sightline {
namespace {

// A slot contains an id and, above it, a tag from the hash, so that another piece in the slot rarely costs an
// access to its name.
constexpr std::uint32_t kFree = UINT32_MAX;
constexpr int kIdBits = 20;
constexpr std::uint32_t kIdMask = (1U << kIdBits) - 1;
static_assert(PieceIndex::kMaxSize <= kIdMask, "no id equals that of kFree");
constexpr std::uint32_t kSeeds = 4;
constexpr std::size_t kMinFilterWords = 16;

std::size_t home_of(std::uint64_t hash, std::size_t slots) {
  return static_cast<std::size_t>((hash >> 32) * slots >> 32);
}
// Bits that decide neither the slot nor the filter's bit of short tables.
std::uint32_t tag_of(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 8) & ~kIdMask; }
std::size_t next_slot(std::size_t slot, std::size_t slots) { return slot + 1 < slots ? slot + 1 : 0; }

}  // namespace

std::size_t PieceIndex::filter_words_for(std::size_t pieces) {
  return std::max(kMinFilterWords, std::bit_ceil(pieces / 4 + 1));
}

std::int32_t PieceIndex::find(const Walk& walk, std::string_view piece) const {
  if (slots_.empty()) return kNone;
  const std::uint32_t tag = tag_of(walk.hash);
  std::size_t at = home_of(walk.hash, slots_.size());
  for (std::size_t probe = 0; probe < kMaxProbes; ++probe, at = next_slot(at, slots_.size())) {
    const std::uint32_t slot = slots_[at];
    if (slot == kFree) return kNone;
    if ((slot & ~kIdMask) == tag && names_[slot & kIdMask] == piece)
      return static_cast<std::int32_t>(slot & kIdMask);
  }
  return kNone;
}

std::int32_t PieceIndex::find(std::string_view piece) const {
  Walk walk = begin();
  for (std::size_t end = 0; end < piece.size();) {
    const std::string_view character = piece.substr(end, utf8_length(piece[end]));
    if (!advance(walk, character)) return kNone;
    end += character.size();
  }
  return find(walk, piece);
}

bool PieceIndex::is_safe() const {
  if (names_.size() > kMaxSize || slots_.size() != slots_for(names_.size())) return false;
  if (filter_.size() != filter_words_for(names_.size())) return false;
  return std::all_of(slots_.begin(), slots_.end(),
                     [&](std::uint32_t slot) { return slot == kFree || (slot & kIdMask) < names_.size(); });
}

void PieceList::reserve(std::size_t pieces, std::size_t bytes) {
  ends_.reserve(pieces);
  text_.reserve(bytes);
}

PieceTable::PieceTable(PieceList pieces, std::string_view subject) : pieces_(std::move(pieces)) {
  if (pieces_.size() > PieceIndex::kMaxSize) {
    fail(ErrorCode::limit, subject,
         "has " + std::to_string(pieces_.size()) + " tokens, at most " +
             std::to_string(PieceIndex::kMaxSize) + " are accepted");
  }
  for (seed_ = 0; seed_ < kSeeds; ++seed_) {
    std::size_t duplicate = 0;
    const Outcome outcome = build_index(duplicate);
    if (outcome == Outcome::complete) return;
    if (outcome == Outcome::duplicate) {
      fail(ErrorCode::duplicate, subject,
           "contains \"" + printable(pieces_[duplicate]) + "\" more than once");
    }
  }
  fail(ErrorCode::limit, subject, "has tokens that all collide in a hash table");
}

PieceTable::Outcome PieceTable::build_index(std::size_t& duplicate) {
  constexpr std::size_t kAhead = 16;  // number of pieces whose slots are prefetched
  const std::size_t count = pieces_.size();
  slots_.assign(PieceIndex::slots_for(count), kFree);
  filter_.assign(PieceIndex::filter_words_for(count), 0);
  const PieceIndex index = this->index();
  const std::size_t mask = filter_.size() - 1;
  std::array<std::uint64_t, kAhead> hashes;
  for (std::size_t i = 0; i < count + kAhead; ++i) {
    if (i >= kAhead) {
      const Outcome outcome = insert(hashes[i % kAhead], i - kAhead);
      if (outcome == Outcome::duplicate) duplicate = i - kAhead;
      if (outcome != Outcome::complete) return outcome;
    }
    if (i >= count) continue;
    const std::string_view piece = pieces_[i];
    PieceIndex::Walk walk = index.begin();
    for (std::size_t end = 0; end < piece.size();) {
      const std::string_view character = piece.substr(end, utf8_length(piece[end]));
      index.advance(walk, character);
      filter_[static_cast<std::size_t>(walk.hash >> 6) & mask] |= std::uint64_t{1} << (walk.hash & 63);
      end += character.size();
    }
    hashes[i % kAhead] = walk.hash;
    __builtin_prefetch(&slots_[home_of(walk.hash, slots_.size())], 1);
  }
  return Outcome::complete;
}

PieceTable::Outcome PieceTable::insert(std::uint64_t hash, std::size_t id) {
  const std::uint32_t tag = tag_of(hash);
  std::size_t at = home_of(hash, slots_.size());
  for (std::size_t probe = 0; probe < PieceIndex::kMaxProbes; ++probe, at = next_slot(at, slots_.size())) {
    if (slots_[at] == kFree) {
      slots_[at] = tag | static_cast<std::uint32_t>(id);
      return Outcome::complete;
    }
    if ((slots_[at] & ~kIdMask) == tag && pieces_[slots_[at] & kIdMask] == pieces_[id])
      return Outcome::duplicate;
  }
  return Outcome::collisions;
}

}  // namespace sightline
