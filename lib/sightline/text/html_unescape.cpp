// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstdint>

#include "sightline/text/html_entities.h"
#include "sightline/text/unicode.h"

namespace sightline {
namespace {

constexpr std::size_t kMaxNameLength = 32;

// HTML5's table of numbers with another meaning (windows-1252 in the C1 range).
constexpr std::array<char32_t, 32> kC1 = {0x20AC, 0x81,   0x201A, 0x192,  0x201E, 0x2026, 0x2020, 0x2021,
                                          0x2C6,  0x2030, 0x160,  0x2039, 0x152,  0x8D,   0x17D,  0x8F,
                                          0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                          0x2DC,  0x2122, 0x161,  0x203A, 0x153,  0x9D,   0x17E,  0x178};

// Python's html._invalid_codepoints, which are dropped.
bool is_dropped(std::uint64_t c) {
  return (c >= 0x1 && c <= 0x8) || (c >= 0xE && c <= 0x1F) || (c >= 0x7F && c <= 0x9F) ||
         (c >= 0xFDD0 && c <= 0xFDEF) || c == 0xB || (c & 0xFFFE) == 0xFFFE;
}

void append_number(std::string& out, std::uint64_t c) {
  if (c == 0 || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) {
    append_utf8(out, 0xFFFD);
  } else if (c == 0x0D) {
    out += '\r';
  } else if (c >= 0x80 && c <= 0x9F) {
    append_utf8(out, windows_1252(static_cast<char32_t>(c)));
  } else if (!is_dropped(c)) {
    append_utf8(out, static_cast<char32_t>(c));
  }
}

// Parses "&#123;" or "&#x7B;" at the start of `text`; returns its length, or 0 if it is not a reference.
std::size_t unescape_number(std::string_view text, std::string& out) {
  if (text.size() < 3 || text[1] != '#') return 0;
  const bool hex = text[2] == 'x' || text[2] == 'X';
  std::size_t i = hex ? 3 : 2;
  const std::size_t begin = i;
  std::uint64_t value = 0;
  for (; i < text.size(); ++i) {
    const char c = text[i];
    const int digit = c >= '0' && c <= '9'          ? c - '0'
                      : hex && c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : hex && c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                    : -1;
    if (digit < 0) break;
    value = std::min<std::uint64_t>(value * (hex ? 16 : 10) + static_cast<std::uint64_t>(digit), 0x110000);
  }
  if (i == begin) return 0;
  append_number(out, value);
  return i < text.size() && text[i] == ';' ? i + 1 : i;
}

// Parses "&name;", or the longest name at the start of "&nameandmore"; returns its length, or 0 if there is
// none.
std::size_t unescape_name(std::string_view text, std::string& out) {
  constexpr std::string_view kEnds{"\t\n\f <&#;", 8};
  std::size_t length = 0;  // of the name; at most 32 characters are examined
  std::size_t i = 1;
  while (i < text.size() && kEnds.find(text[i]) == std::string_view::npos && length < kMaxNameLength) {
    ++i;
    while (i < text.size() && (static_cast<unsigned char>(text[i]) & 0xC0) == 0x80) ++i;
    ++length;
  }
  std::string_view name = text.substr(1, i - 1);
  if (name.empty()) return 0;
  if (i < text.size() && text[i] == ';') name = text.substr(1, i);
  for (std::size_t n = name.size(); n > 1; --n) {
    if (const HtmlEntity* entity = find_html_entity(kHtmlEntities, name.substr(0, n)); entity != nullptr) {
      out += entity->text;
      return n + 1;
    }
  }
  return 0;
}

}  // namespace

const HtmlEntity* find_html_entity(std::span<const HtmlEntity> table, std::string_view name) {
  const auto found =
      std::lower_bound(table.begin(), table.end(), name,
                       [](const HtmlEntity& entity, std::string_view key) { return entity.name < key; });
  return found != table.end() && found->name == name ? &*found : nullptr;
}

char32_t windows_1252(char32_t c) { return c >= 0x80 && c <= 0x9F ? kC1[c - 0x80] : c; }

void unescape_html(std::string_view text, std::string& out) {
  for (std::size_t i = 0; i < text.size();) {
    std::size_t consumed = 0;
    if (text[i] == '&') {
      consumed = unescape_number(text.substr(i), out);
      if (consumed == 0) consumed = unescape_name(text.substr(i), out);
    }
    if (consumed == 0) {
      out += text[i];
      consumed = 1;
    }
    i += consumed;
  }
}

}  // namespace sightline
