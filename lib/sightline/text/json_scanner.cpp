// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/json_scanner.h"

#include <bit>
#include <charconv>
#include <cstring>

#include "sightline/base/format.h"
#include "sightline/text/unicode.h"

namespace sightline {
namespace {

constexpr std::uint64_t kOnes = 0x0101010101010101ULL, kHighs = kOnes << 7;
static_assert(std::endian::native == std::endian::little, "the first byte of a word is its lowest");

std::uint64_t load_word(const char* at) {
  std::uint64_t word;
  std::memcpy(&word, at, sizeof(word));
  return word;
}

/// A mask whose lowest set bit is in the first byte of `word` that is a quotation mark, a backslash or a
/// control character; 0 if there is none.
std::uint64_t find_special(std::uint64_t word) {
  const auto zeros = [](std::uint64_t value) { return (value - kOnes) & ~value; };
  const std::uint64_t controls = (word - kOnes * 0x20) & ~word;
  return (zeros(word ^ kOnes * '"') | zeros(word ^ kOnes * '\\') | controls) & kHighs;
}

bool is_special(char c) { return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20; }

/// The first special byte of a string, or `end`.
const char* find_special(const char* at, const char* end) {
  // Sixteen bytes at a time without a branch between them: most tokens are shorter.
  while (end - at >= 16) {
    const std::uint64_t first = find_special(load_word(at)), second = find_special(load_word(at + 8));
    const std::uint64_t mask = first != 0 ? first : second;
    if (mask != 0) return at + (first != 0 ? 0 : 8) + std::countr_zero(mask) / 8;
    at += 16;
  }
  while (at != end && !is_special(*at)) ++at;
  return at;
}

/// A string of at most 8 bytes, the first one lowest. A copy whose size is known only at run time would be a
/// call.
std::uint64_t load_short(std::string_view text) {
  const std::size_t size = text.size();
  if (size >= 4) {
    std::uint32_t first, last;
    std::memcpy(&first, text.data(), sizeof(first));
    std::memcpy(&last, text.data() + size - sizeof(last), sizeof(last));
    return first | std::uint64_t{last} << 8 * (size - sizeof(last));
  }
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < size; ++i) word |= std::uint64_t{static_cast<unsigned char>(text[i])} << 8 * i;
  return word;
}

/// The lowest `count` bytes, for a count of 0 ... 8.
std::uint64_t first_bytes(std::uint64_t word, std::size_t count) {
  return count >= 8 ? word : word & ((std::uint64_t{1} << 8 * count) - 1);
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

bool JsonScanner::read_string(std::string_view& value) {
  if (!take('"')) return false;
  const char* begin = at_;
  at_ = find_special(at_, end_);
  if (at_ == end_) return false;
  if (*at_ != '"') return *at_ == '\\' && read_escaped(begin, value);
  value = {begin, static_cast<std::size_t>(at_ - begin)};
  ++at_;
  return is_utf8(value);
}

bool JsonScanner::equals_plainly(const char* at, std::size_t readable, std::string_view expected) {
  constexpr std::size_t kWords = 16;
  const std::size_t size = expected.size();
  if (size > 8 && size <= kWords) {
    // Two words that overlap. Their bytes are all of the string's.
    const std::uint64_t first = load_word(at), last = load_word(at + size - 8);
    return first == load_word(expected.data()) && last == load_word(expected.data() + size - 8) &&
           (find_special(first) | find_special(last)) == 0;
  }
  if (size <= 8 && readable >= 8) {
    const std::uint64_t word = load_short(expected);
    const std::uint64_t found = first_bytes(load_word(at), size);
    // A mask's lowest bit is reliable, and bytes above the string are zero, which are control characters.
    const std::uint64_t special = find_special(found | (size < 8 ? ~std::uint64_t{0} << 8 * size : 0));
    return found == word && special == 0;
  }
  return std::string_view(at, size) == expected && find_special(at, at + size) == at + size;
}

bool JsonScanner::read_escaped(const char* begin, std::string_view& value) {
  std::string& text = unescaped_.emplace_back(begin, at_);
  while (at_ != end_) {
    if (*at_ == '"') {
      ++at_;
      value = text;
      return is_utf8(value);
    }
    if (*at_ != '\\' || !append_escape(text)) return false;
    begin = at_;
    at_ = find_special(at_, end_);
    text.append(begin, at_);
  }
  return false;
}

bool JsonScanner::append_escape(std::string& out) {
  constexpr std::string_view kNames = "\"\\/bfnrt", kValues = "\"\\/\b\f\n\r\t";
  if (end_ - at_ < 2) return false;
  const char name = at_[1];
  at_ += 2;
  if (const std::size_t found = kNames.find(name); found != std::string_view::npos) {
    out += kValues[found];
    return true;
  }
  if (name != 'u' || end_ - at_ < 4) return false;
  char32_t code = 0;
  for (int i = 0; i < 4; ++i) {
    const int digit = hex_digit(*at_++);
    if (digit < 0) return false;
    code = code << 4 | static_cast<char32_t>(digit);
  }
  if (code >= 0xD800 && code <= 0xDFFF) return false;
  append_utf8(out, code);
  return true;
}

bool JsonScanner::read_number(std::int32_t& value) {
  constexpr int kMaxDigits = 8;
  skip_space();
  const char* begin = at_;
  value = 0;
  for (; at_ != end_ && *at_ >= '0' && *at_ <= '9'; ++at_) {
    if (at_ - begin == kMaxDigits) return false;
    value = value * 10 + (*at_ - '0');
  }
  return at_ - begin == 1 || (at_ - begin > 1 && *begin != '0');
}

bool JsonScanner::read_double(double& value) {
  constexpr std::ptrdiff_t kMaxCharacters = 32;
  skip_space();
  const char* end = at_;
  const auto skip_digits = [&] {
    const char* begin = end;
    while (end != end_ && *end >= '0' && *end <= '9') ++end;
    return end - begin;
  };
  if (end != end_ && *end == '-') ++end;
  const bool zero = end != end_ && *end == '0';
  const std::ptrdiff_t whole = skip_digits();
  if (whole == 0 || (zero && whole > 1)) return false;
  if (end != end_ && *end == '.') {
    ++end;
    if (skip_digits() == 0) return false;
  }
  if (end != end_ && (*end | 0x20) == 'e') {
    ++end;
    if (end != end_ && (*end == '+' || *end == '-')) ++end;
    if (skip_digits() == 0) return false;
  }
  if (end - at_ > kMaxCharacters) return false;
  const auto [parsed, error] = std::from_chars(at_, end, value);
  if (error != std::errc() || parsed != end) return false;
  at_ = end;
  return true;
}

bool JsonScanner::skip_value() {
  int depth = 0;
  do {
    const char next = peek();
    if (next == '\0') return false;
    if (next == '"') {
      std::string_view ignored;
      if (!read_string(ignored)) return false;
    } else if (next == '{' || next == '[') {
      ++depth;
      ++at_;
    } else if (next == '}' || next == ']') {
      if (--depth < 0) return false;
      ++at_;
    } else if (next == ',' || next == ':') {
      if (depth == 0) return false;
      ++at_;
    } else {
      while (at_ != end_ && std::string_view(" \n\r\t,:]}\"[{").find(*at_) == std::string_view::npos) ++at_;
    }
  } while (depth > 0);
  return true;
}

}  // namespace sightline
