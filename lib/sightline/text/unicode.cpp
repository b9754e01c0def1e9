// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/unicode.h"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/text/unicode_tables.h"

namespace sightline {
namespace {

// Hangul syllables, Unicode 16.0 section 3.12.
constexpr char32_t kSBase = 0xAC00, kLBase = 0x1100, kVBase = 0x1161, kTBase = 0x11A7;
constexpr char32_t kLCount = 19, kVCount = 21, kTCount = 28, kNCount = kVCount * kTCount,
                   kSCount = kLCount * kNCount;

constexpr char32_t kCapitalSigma = 0x3A3, kSmallSigma = 0x3C3, kFinalSigma = 0x3C2, kCapitalIDot = 0x130;

/// The row whose range [first, last] includes `c`, or null.
template <class Row>
const Row* find_range(std::span<const Row> rows, std::uint32_t c) {
  const auto after = std::upper_bound(rows.begin(), rows.end(), c,
                                      [](std::uint32_t code, const Row& row) { return code < row.first; });
  if (after == rows.begin()) return nullptr;
  const Row& row = *(after - 1);
  return c <= row.last ? &row : nullptr;
}

std::uint32_t combining_class(char32_t c) {
  if (c < 0x300) return 0;
  const CombiningRun* run = find_range(kCombiningRuns, c);
  return run == nullptr ? 0 : run->combining_class;
}

void append_decomposed(CodePoints& out, char32_t c) {
  if (c < 0xC0) {
    out += c;
    return;
  }
  if (c >= kSBase && c < kSBase + kSCount) {
    const char32_t index = c - kSBase;
    out += kLBase + index / kNCount;
    out += kVBase + index % kNCount / kTCount;
    if (index % kTCount != 0) out += kTBase + index % kTCount;
    return;
  }
  const auto found =
      std::lower_bound(kDecompositions.begin(), kDecompositions.end(), c,
                       [](const Decomposition& row, char32_t code) { return row.code < code; });
  if (found == kDecompositions.end() || found->code != c) {
    out += c;
    return;
  }
  append_decomposed(out, found->first);
  if (found->second != 0) append_decomposed(out, found->second);
}

// The composite of two characters, or 0.
char32_t compose(char32_t a, char32_t b) {
  if (a >= kLBase && a < kLBase + kLCount && b >= kVBase && b < kVBase + kVCount) {
    return kSBase + ((a - kLBase) * kVCount + (b - kVBase)) * kTCount;
  }
  if (a >= kSBase && a < kSBase + kSCount && (a - kSBase) % kTCount == 0 && b > kTBase &&
      b < kTBase + kTCount) {
    return a + (b - kTBase);
  }
  const auto less = [](const Composition& row, const std::pair<char32_t, char32_t>& key) {
    return row.first != key.first ? row.first < key.first : row.second < key.second;
  };
  const auto found = std::lower_bound(kCompositions.begin(), kCompositions.end(), std::pair{a, b}, less);
  return found != kCompositions.end() && found->first == a && found->second == b ? found->code : 0;
}

// Sorts runs of marks by combining class (stable).
void reorder_marks(CodePoints& text) {
  struct Mark {
    std::uint32_t combining_class;
    char32_t code;
  };
  const auto by_class = [](const Mark& a, const Mark& b) { return a.combining_class < b.combining_class; };
  std::vector<Mark> marks;
  for (std::size_t i = 0; i < text.size(); ++i) {
    marks.clear();
    for (std::size_t k = i; k < text.size(); ++k) {
      const std::uint32_t here = combining_class(text[k]);
      if (here == 0) break;
      marks.push_back({here, text[k]});
    }
    if (!std::is_sorted(marks.begin(), marks.end(), by_class)) {
      std::stable_sort(marks.begin(), marks.end(), by_class);
      for (std::size_t k = 0; k < marks.size(); ++k) text[i + k] = marks[k].code;
    }
    i += marks.size();
  }
}

CodePoints composed(const CodePoints& text) {
  CodePoints out;
  out.reserve(text.size());
  std::size_t starter = CodePoints::npos;
  std::uint32_t last_class = 0;
  for (const char32_t c : text) {
    const std::uint32_t here = combining_class(c);
    const bool blocked = starter != CodePoints::npos && out.size() > starter + 1 && last_class >= here;
    if (starter != CodePoints::npos && !blocked) {
      if (const char32_t both = compose(out[starter], c); both != 0) {
        out[starter] = both;
        continue;
      }
    }
    if (here == 0) starter = out.size();
    last_class = here;
    out += c;
  }
  return out;
}

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

CodePoints normalize_nfc(CodePoints text) {
  // No character below U+0300 decomposes into more than it composes back to.
  if (std::all_of(text.begin(), text.end(), [](char32_t c) { return c < 0x300; })) return text;
  CodePoints parts;
  parts.reserve(text.size());
  for (const char32_t c : text) append_decomposed(parts, c);
  reorder_marks(parts);
  return composed(parts);
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
