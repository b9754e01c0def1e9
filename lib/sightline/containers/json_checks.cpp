// SPDX-License-Identifier: Apache-2.0
#include "sightline/containers/json_checks.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <system_error>

namespace sightline {
namespace {

using Keys = DuplicateKeys::Keys;
using Found = std::optional<std::size_t>;

// FNV-1a over eight bytes at a time.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325ULL ^ text.size();
  const auto mix = [&hash](std::uint64_t word) {
    hash = (hash ^ word) * 0x9E3779B97F4A7C15ULL;
    hash ^= hash >> 32;
  };
  std::size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + i, 8);
    mix(word);
  }
  std::uint64_t rest = 0;
  for (; i < text.size(); ++i) rest = rest << 8 | static_cast<unsigned char>(text[i]);
  mix(rest);
  return hash;
}

Found find_by_sorting(Keys keys) {
  std::vector<const std::string_view*> sorted;
  sorted.reserve(keys.size());
  for (const std::string_view& key : keys) sorted.push_back(&key);
  std::sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) { return *a < *b; });
  const auto duplicate =
      std::adjacent_find(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) { return *a == *b; });
  if (duplicate == sorted.end()) return std::nullopt;
  return static_cast<std::size_t>(*duplicate - keys.data());
}

Found find_among_few(Keys keys) {
  for (std::size_t i = 1; i < keys.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      if (keys[i] == keys[k]) return i;
    }
  }
  return std::nullopt;
}

constexpr std::size_t kFewKeys = 8;
constexpr int kIndexBits = 22;
constexpr std::uint32_t kMaxHashed = (1U << kIndexBits) - 1;
constexpr std::size_t kAhead = 8;  // number of keys whose slots are prefetched

}  // namespace

bool holds_only_large_numbers(std::string_view text) {
  constexpr std::size_t kDigitsOf64Bits = 19;
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  bool any_large = false;
  std::size_t i = 0;
  const auto digits = [&] {
    const std::size_t begin = i;
    while (i < text.size() && digit(text[i])) ++i;
    return i - begin;
  };
  while (i < text.size()) {
    if (text[i] == '"') {
      for (++i; i < text.size() && text[i] != '"'; ++i) i += text[i] == '\\' ? 1 : 0;
      ++i;
    } else if (text[i] != '-' && !digit(text[i])) {
      ++i;
    } else {
      const std::size_t begin = i;
      if (text[i] == '-') ++i;
      const bool leading_zero = i < text.size() && text[i] == '0';
      const std::size_t whole = digits();
      if (whole == 0 || (leading_zero && whole > 1)) return false;
      if (i < text.size() && text[i] == '.' && (++i, digits() == 0)) return false;
      if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
        ++i;
        if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
        if (digits() == 0) return false;
      }
      double value = 0;
      const auto read = std::from_chars(text.data() + begin, text.data() + i, value);
      any_large |= whole >= kDigitsOf64Bits || read.ec == std::errc::result_out_of_range;
    }
  }
  return any_large;
}

std::optional<std::size_t> DuplicateKeys::find(Keys keys) {
  if (keys.size() <= kFewKeys) return find_among_few(keys);
  return keys.size() < kMaxHashed ? find_by_hash(keys) : find_by_sorting(keys);
}

// A hash table with open addressing; if keys collide too often, as chosen keys can, it switches to sorting.
std::optional<std::size_t> DuplicateKeys::find_by_hash(Keys keys) {
  std::size_t size = 16;
  while (size < keys.size() * 2) size *= 2;
  slots_.assign(size, 0);
  hashes_.clear();
  for (const std::string_view key : keys) hashes_.push_back(hash_of(key));
  hashes_.resize(keys.size() + kAhead);

  std::size_t steps_left = 16 * keys.size() + 64;
  for (std::size_t i = 0; i < keys.size() && steps_left > 0; ++i) {
    __builtin_prefetch(&slots_[hashes_[i + kAhead] & (size - 1)]);
    const std::uint32_t tag = static_cast<std::uint32_t>(hashes_[i] >> 32) & ~kMaxHashed;
    std::size_t slot = hashes_[i] & (size - 1);
    for (; slots_[slot] != 0 && steps_left > 0; slot = (slot + 1) & (size - 1), --steps_left) {
      const std::uint32_t slot_entry = slots_[slot];
      const bool same_tag = (slot_entry & ~kMaxHashed) == tag;
      if (same_tag && keys[(slot_entry & kMaxHashed) - 1] == keys[i]) return i;
    }
    slots_[slot] = tag | static_cast<std::uint32_t>(i + 1);
  }
  return steps_left > 0 ? std::nullopt : find_by_sorting(keys);
}

}  // namespace sightline
