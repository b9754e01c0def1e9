// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/text/token_table.h"

namespace sightline {

/// The number of bytes of the UTF-8 character that starts with `lead`; 1 for any other byte.
inline std::size_t utf8_length(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  return byte < 0xC0 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

/// Finds pieces at the start of a text: a hash table over the strings of a vocabulary and a filter of their
/// prefixes, both flat arrays, so that they can be used in place in a file. A view. const = safe to share.
///
/// A double array trie would need dependent loads per byte and several times as long to build: 900,000 pieces
/// take 300 ms or more, and this index takes 40.
class PieceIndex {
 public:
  static constexpr std::int32_t kNone = -1;
  static constexpr std::size_t kMaxSize = (1 << 20) - 1;  ///< a slot has 20 bits for an id
  /// A piece is in one of the first slots of its probe sequence, so every search ends there.
  static constexpr std::size_t kMaxProbes = 256;
  static constexpr std::size_t slots_for(std::size_t pieces) { return 2 * pieces + 1; }
  /// The number of 64-bit words of the filter: at least 16 bits per piece, and a power of two.
  static std::size_t filter_words_for(std::size_t pieces);

  PieceIndex() = default;
  /// `slots` and `filter` were filled by `PieceTable::build_index` for these names and this seed.
  PieceIndex(TokenNames names, std::span<const std::uint32_t> slots, std::span<const std::uint64_t> filter,
             std::uint32_t seed)
      : names_(names), slots_(slots), filter_(filter), seed_(seed) {}

  /// The position in a string that is read character by character.
  struct Walk {
    std::uint64_t hash;
  };
  Walk begin() const { return {(seed_ + 1) * kFactor}; }
  /// Reads a character of 1 ... 4 bytes. Returns false if no piece starts with the characters read so far,
  /// and sometimes true although none does.
  bool advance(Walk& walk, std::string_view character) const {
    std::uint32_t code = 0;
    for (std::size_t i = 0; i < character.size(); ++i)
      code = code << 8 | static_cast<unsigned char>(character[i]);
    const std::uint64_t mixed = (walk.hash ^ code) * kFactor;
    walk.hash = mixed ^ mixed >> 29;
    const std::size_t word = static_cast<std::size_t>(walk.hash >> 6) & (filter_.size() - 1);
    return !filter_.empty() && (filter_[word] >> (walk.hash & 63) & 1) != 0;
  }
  /// The id of the piece that consists of the characters read, `piece`; kNone if there is none.
  std::int32_t find(const Walk& walk, std::string_view piece) const;
  std::int32_t find(std::string_view piece) const;

  /// Calls `visit(length, id)` for each piece at the start of `text`, shortest first.
  template <class Visit>
  void for_each_prefix(std::string_view text, Visit visit) const {
    Walk walk = begin();
    for (std::size_t end = 0; end < text.size();) {
      const std::string_view character = text.substr(end, utf8_length(text[end]));
      if (!advance(walk, character)) return;
      end += character.size();
      if (const std::int32_t id = find(walk, text.substr(0, end)); id != kNone) visit(end, id);
    }
  }

  const TokenNames& names() const { return names_; }
  std::size_t size() const { return names_.size(); }
  std::span<const std::uint32_t> slots() const { return slots_; }
  std::span<const std::uint64_t> filter() const { return filter_; }
  std::uint32_t seed() const { return seed_; }

  /// Whether no search can access memory outside of the arrays, for arrays from a file. Names must have been
  /// checked.
  bool is_safe() const;

 private:
  friend class PieceTable;
  static constexpr std::uint64_t kFactor = 0x9E3779B97F4A7C15ULL;

  TokenNames names_;
  std::span<const std::uint32_t> slots_;
  std::span<const std::uint64_t> filter_;
  std::uint32_t seed_ = 0;
};

/// Strings with the ids 0, 1, ... in the order in which they are added.
class PieceList {
 public:
  void reserve(std::size_t pieces, std::size_t bytes);
  void add(std::string_view piece) {
    text_.append(piece);
    ends_.push_back(static_cast<std::uint32_t>(text_.size()));
  }
  std::size_t size() const { return ends_.size(); }
  TokenNames names() const { return {ends_, text_}; }
  std::string_view operator[](std::size_t id) const { return names()[id]; }

 private:
  std::string text_;
  std::vector<std::uint32_t> ends_;
};

/// Pieces and their index in memory of their own.
class PieceTable {
 public:
  PieceTable() = default;
  /// `subject` is the place of the vocabulary for messages. Errors: duplicate (with the piece), limit (more
  /// than `PieceIndex::kMaxSize` pieces, or pieces chosen to collide).
  PieceTable(PieceList pieces, std::string_view subject);
  /// Valid as long as this object.
  PieceIndex index() const { return {pieces_.names(), slots_, filter_, seed_}; }

 private:
  enum class Outcome { complete, duplicate, collisions };
  Outcome build_index(std::size_t& duplicate);
  Outcome insert(std::uint64_t hash, std::size_t id);

  PieceList pieces_;
  std::vector<std::uint32_t> slots_;
  std::vector<std::uint64_t> filter_;
  std::uint32_t seed_ = 0;
};

}  // namespace sightline
