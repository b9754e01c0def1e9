// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sightline {

/// The `precompiled_charsmap` of a SentencePiece model: replacements of byte sequences, in a double array
/// trie (Darts-clone) that maps each key to the offset of its replacement. Safe for any bytes: every unit,
/// offset and replacement is checked when the map is read or used.
class Charsmap {
 public:
  /// Keys are not searched for beyond this length; those of SentencePiece's own rules have at most 31 bytes.
  static constexpr std::size_t kMaxKeyBytes = 256;
  /// Maximum size of a map; those of SentencePiece have 240 kB.
  static constexpr std::size_t kMaxBytes = std::size_t{16} << 20;

  struct Match {
    std::size_t key_bytes;
    std::string_view value;  ///< valid as long as the map; UTF-8
  };

  /// `subject` is the name of the map for messages. Errors: truncated (shorter than the trie it states),
  /// header (an empty trie, or one that is not made of whole units), range (a replacement outside of the
  /// map), utf8 (replacements), limit.
  Charsmap(std::string_view bytes, std::string_view subject);

  /// The shortest or longest key at the start of `text`. As in SentencePiece, no key contains NUL.
  std::optional<Match> shortest_match(std::string_view text) const;
  std::optional<Match> longest_match(std::string_view text) const;

 private:
  std::optional<Match> find(std::string_view text, bool shortest) const;
  std::string_view value_at(std::uint32_t offset) const;

  std::vector<std::uint32_t> units_;
  std::string values_;  ///< each replacement ends with NUL
};

}  // namespace sightline
