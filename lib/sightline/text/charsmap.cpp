// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/charsmap.h"

#include <algorithm>

#include "sightline/base/error.h"
#include "sightline/base/format.h"

namespace sightline {
namespace {

// A unit of Darts-clone, include/darts.h, class DoubleArrayUnit.
bool has_leaf(std::uint32_t unit) { return (unit >> 8 & 1) != 0; }
std::uint32_t value_of(std::uint32_t unit) { return unit & 0x7FFFFFFFU; }
bool is_value(std::uint32_t unit) { return unit >> 31 != 0; }
std::uint32_t label_of(std::uint32_t unit) { return unit & 0x800000FFU; }
std::uint32_t offset_of(std::uint32_t unit) { return unit >> 10 << ((unit & 0x200U) >> 6); }

std::uint32_t little_endian(const char* bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    value |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i])) << 8 * i;
  }
  return value;
}

std::string bytes_text(std::size_t count) { return std::to_string(count) + " bytes"; }

/// Where the values begin.
std::size_t trie_end(std::string_view bytes, std::string_view subject) {
  if (bytes.size() > Charsmap::kMaxBytes) {
    fail(
        ErrorCode::limit, subject,
        "has " + bytes_text(bytes.size()) + ", at most " + bytes_text(Charsmap::kMaxBytes) + " are accepted");
  }
  if (bytes.size() < 4) {
    fail(ErrorCode::truncated, subject, "has " + bytes_text(bytes.size()) + ", expected at least 4");
  }
  const std::size_t trie_bytes = little_endian(bytes.data());
  if (trie_bytes > bytes.size() - 4) {
    fail(ErrorCode::truncated, subject,
         "has " + bytes_text(bytes.size()) + ", but its trie alone has " + bytes_text(trie_bytes));
  }
  if (trie_bytes == 0 || trie_bytes % 4 != 0) {
    fail(ErrorCode::header, subject,
         "has a trie of " + bytes_text(trie_bytes) + ", expected a positive multiple of 4");
  }
  return 4 + trie_bytes;
}

/// Every key leads to a unit of the trie and to the start of a character of the values.
void check_leaves(const std::vector<std::uint32_t>& units, std::string_view values,
                  std::string_view subject) {
  for (std::size_t i = 0; i < units.size(); ++i) {
    if (is_value(units[i]) || !has_leaf(units[i])) continue;
    const std::size_t leaf = i ^ offset_of(units[i]);
    if (leaf >= units.size()) {
      fail(ErrorCode::range, subject,
           "refers to unit " + std::to_string(leaf) + " of a trie of " + std::to_string(units.size()));
    }
    const std::size_t value = value_of(units[leaf]);
    if (value >= values.size() || (static_cast<unsigned char>(values[value]) & 0xC0) == 0x80) {
      fail(ErrorCode::range, subject,
           "refers to byte " + std::to_string(value) + " of " + std::to_string(values.size()) +
               " bytes of replacements");
    }
  }
}

}  // namespace

Charsmap::Charsmap(std::string_view bytes, std::string_view subject) {
  const std::size_t end = trie_end(bytes, subject);
  units_.resize((end - 4) / 4);
  for (std::size_t i = 0; i < units_.size(); ++i) units_[i] = little_endian(bytes.data() + 4 + 4 * i);
  values_ = bytes.substr(end);
  if (!is_utf8(values_)) fail(ErrorCode::utf8, subject, "has replacements that are not UTF-8");
  check_leaves(units_, values_, subject);
}

std::optional<Charsmap::Match> Charsmap::shortest_match(std::string_view text) const {
  return find(text, true);
}

std::optional<Charsmap::Match> Charsmap::longest_match(std::string_view text) const {
  return find(text, false);
}

std::optional<Charsmap::Match> Charsmap::find(std::string_view text, bool shortest) const {
  std::size_t key_bytes = 0;
  std::uint32_t value = 0;
  std::uint32_t position = offset_of(units_[0]);
  for (std::size_t i = 0; i < std::min(text.size(), kMaxKeyBytes) && text[i] != '\0'; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    position ^= byte;
    if (position >= units_.size()) break;
    const std::uint32_t unit = units_[position];
    if (label_of(unit) != byte) break;
    position ^= offset_of(unit);
    if (!has_leaf(unit)) continue;
    key_bytes = i + 1;
    value = value_of(units_[position]);
    if (shortest) break;
  }
  if (key_bytes == 0) return std::nullopt;
  return Match{key_bytes, value_at(value)};
}

std::string_view Charsmap::value_at(std::uint32_t offset) const {
  const std::string_view rest = std::string_view(values_).substr(offset);
  return rest.substr(0, rest.find('\0'));
}

}  // namespace sightline
