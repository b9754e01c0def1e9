// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/unicode.h"

#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/text/code_ranges.h"
#include "sightline/text/unicode_tables.h"

namespace sightline {
namespace {

constexpr char32_t kCapitalSigma = 0x3A3, kSmallSigma = 0x3C3, kFinalSigma = 0x3C2, kCapitalIDot = 0x130;

bool is_cased(char32_t c) { return find_range(kCased, c) != nullptr; }

bool is_case_ignorable(char32_t c) { return find_range(kCaseIgnorable, c) != nullptr; }

// Unicode 16.0, table 3-17, Final_Sigma: preceded by a cased letter and not followed by one, with
// case-ignorable characters skipped.
bool ends_word(const CodePoints& text, std::size_t sigma) {
  std::size_t before = sigma;
  while (before > 0 && is_case_ignorable(text[before - 1])) --before;
  if (before == 0 || !is_cased(text[before - 1])) return false;
  std::size_t after = sigma + 1;
  while (after < text.size() && is_case_ignorable(text[after])) ++after;
  return after == text.size() || !is_cased(text[after]);
}

}  // namespace

CharacterClass character_class(char32_t c) {
  if (c < 0x80) {
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return CharacterClass::letter;
    if (c >= '0' && c <= '9') return CharacterClass::number;
    return c == ' ' || (c >= 9 && c <= 13) ? CharacterClass::space : CharacterClass::other;
  }
  if (find_range(kLetters, c) != nullptr) return CharacterClass::letter;
  if (find_range(kNumbers, c) != nullptr) return CharacterClass::number;
  return find_range(kSpaces, c) != nullptr ? CharacterClass::space : CharacterClass::other;
}

bool is_white_space(char32_t c) {
  if (c < 0x80) return c == ' ' || (c >= 9 && c <= 13);
  return find_range(kSpaces, c) != nullptr;
}

bool is_python_space(char32_t c) { return is_white_space(c) || (c >= 0x1C && c <= 0x1F); }

char32_t next_code_point(std::string_view text, std::size_t& position) {
  const auto byte = [&] { return static_cast<unsigned char>(text[position++]); };
  const char32_t lead = byte();
  if (lead < 0x80) return lead;
  const int length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  char32_t c = lead & (0x7FU >> length);
  for (int k = 1; k < length; ++k) c = c << 6 | (byte() & 0x3FU);
  return c;
}

CodePoints decode_utf8(std::string_view text) {
  CodePoints out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const int length = utf8_sequence_length(text.substr(i));
    if (length == 0) fail(ErrorCode::utf8, "", "is not UTF-8 at byte " + std::to_string(i));
    const auto first = static_cast<unsigned char>(text[i]);
    char32_t c = length == 1 ? first : first & (0x7FU >> length);
    for (int k = 1; k < length; ++k) {
      c = c << 6 | (static_cast<unsigned char>(text[i + static_cast<std::size_t>(k)]) & 0x3FU);
    }
    out += c;
    i += static_cast<std::size_t>(length);
  }
  return out;
}

void append_utf8(std::string& out, char32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
    return;
  }
  if (c < 0x800) {
    out += static_cast<char>(0xC0 | c >> 6);
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | c >> 12);
    out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | c >> 18);
    out += static_cast<char>(0x80 | (c >> 12 & 0x3F));
    out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
  }
  out += static_cast<char>(0x80 | (c & 0x3F));
}

std::string encode_utf8(std::u32string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char32_t c : text) append_utf8(out, c);
  return out;
}

void append_lower(CodePoints& out, char32_t c) {
  if (c < 0x80) {
    out += c >= 'A' && c <= 'Z' ? c + 32 : c;
    return;
  }
  if (c == kCapitalIDot) {
    out += U"i\u0307";
    return;
  }
  const LowerRun* run = find_range(kLowerRuns, c);
  if (run == nullptr || (c - run->first) % run->step != 0) {
    out += c;
    return;
  }
  out += static_cast<char32_t>(static_cast<std::int64_t>(c) + run->delta);
}

CodePoints lower_with_final_sigma(const CodePoints& text) {
  CodePoints out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == kCapitalSigma) {
      out += ends_word(text, i) ? kFinalSigma : kSmallSigma;
    } else {
      append_lower(out, text[i]);
    }
  }
  return out;
}

}  // namespace sightline
