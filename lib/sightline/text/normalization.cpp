// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/normalization.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "sightline/text/code_ranges.h"
#include "sightline/text/tokenizer_tables.h"
#include "sightline/text/unicode_tables.h"

namespace sightline {
namespace {

// Hangul syllables, Unicode 16.0 section 3.12.
constexpr char32_t kSBase = 0xAC00, kLBase = 0x1100, kVBase = 0x1161, kTBase = 0x11A7;
constexpr char32_t kLCount = 19, kVCount = 21, kTCount = 28, kNCount = kVCount * kTCount,
                   kSCount = kLCount * kNCount;

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

void append_compatible(CodePoints& out, char32_t c) {
  const auto found =
      std::lower_bound(kCompatibilityRows.begin(), kCompatibilityRows.end() - 1, c,
                       [](const CompatibilityRow& row, char32_t code) { return row.code < code; });
  if (found->code == c) {
    const auto full = kCompatibilityPool.subspan(found->begin, found[1].begin - found->begin);
    out.append(full.begin(), full.end());
  } else {
    append_decomposed(out, c);
  }
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

}  // namespace

CodePoints normalize(CodePoints text, NormalizationForm form) {
  const bool compatible = form == NormalizationForm::nfkc || form == NormalizationForm::nfkd;
  const bool composes = form == NormalizationForm::nfc || form == NormalizationForm::nfkc;
  // No character below U+0300 has a canonical decomposition that does not compose back to it; ASCII has none.
  const char32_t first = form == NormalizationForm::nfc ? 0x300 : 0x80;
  if (std::all_of(text.begin(), text.end(), [&](char32_t c) { return c < first; })) return text;
  CodePoints parts;
  parts.reserve(text.size());
  for (const char32_t c : text) compatible ? append_compatible(parts, c) : append_decomposed(parts, c);
  reorder_marks(parts);
  return composes ? composed(parts) : parts;
}

CodePoints normalize_nfc(CodePoints text) { return normalize(std::move(text), NormalizationForm::nfc); }

}  // namespace sightline
