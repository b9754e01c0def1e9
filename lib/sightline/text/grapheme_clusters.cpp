// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/grapheme_clusters.h"

#include <cstdint>

#include "sightline/text/code_ranges.h"
#include "sightline/text/tokenizer_tables.h"
#include "sightline/text/unicode.h"

namespace sightline {
namespace {

constexpr char32_t kJoiner = 0x200D;
constexpr char32_t kFirstSyllable = 0xAC00, kLastSyllable = 0xD7A3, kSyllablesPerVowel = 28;
constexpr char32_t kFirstRegional = 0x1F1E6, kLastRegional = 0x1F1FF;

ClusterClass cluster_class(char32_t c) {
  if (c >= kFirstSyllable && c <= kLastSyllable) {
    return (c - kFirstSyllable) % kSyllablesPerVowel == 0 ? ClusterClass::hangul_lv
                                                          : ClusterClass::hangul_lvt;
  }
  const ClusterRun* run = find_range(kClusterRuns, c);
  return run == nullptr ? ClusterClass::other : run->cluster_class;
}

ConjunctClass conjunct_class(char32_t c) {
  if (c < 0x300) return ConjunctClass::none;
  const ConjunctRun* run = find_range(kConjunctRuns, c);
  return run == nullptr ? ConjunctClass::none : run->conjunct_class;
}

bool is_regional(char32_t c) { return c >= kFirstRegional && c <= kLastRegional; }

/// A cluster up to some character, and whether the next one belongs to it.
class Cluster {
 public:
  explicit Cluster(char32_t first) { add(first); }

  /// Returns false, without any change, if a cluster boundary precedes `c`.
  bool accept(char32_t c) {
    if (!joins(c)) return false;
    add(c);
    return true;
  }

 private:
  bool joins(char32_t c) const {
    const ClusterClass next = cluster_class(c);
    if (last_ == ClusterClass::control || next == ClusterClass::control) {
      return last_code_ == '\r' && c == '\n';  // GB3 to GB5
    }
    if (joins_syllable(next)) return true;
    if (next == ClusterClass::extend || next == ClusterClass::spacing_mark) return true;        // GB9, GB9a
    if (last_ == ClusterClass::prepend) return true;                                            // GB9b
    if (has_linker_ && conjunct_class(c) == ConjunctClass::consonant) return true;              // GB9c
    if (pictograph_ && last_code_ == kJoiner && next == ClusterClass::pictograph) return true;  // GB11
    return odd_regional_ && is_regional(c);                                                     // GB12, GB13
  }

  // GB6 to GB8.
  bool joins_syllable(ClusterClass next) const {
    using enum ClusterClass;
    switch (last_) {
      case hangul_l:
        return next == hangul_l || next == hangul_v || next == hangul_lv || next == hangul_lvt;
      case hangul_lv:
      case hangul_v:
        return next == hangul_v || next == hangul_t;
      case hangul_lvt:
      case hangul_t:
        return next == hangul_t;
      default:
        return false;
    }
  }

  void add(char32_t c) {
    last_ = cluster_class(c);
    // A pictograph, then any number of Extend, then at most one joiner.
    if (last_ == ClusterClass::pictograph) {
      pictograph_ = true;
    } else if (last_code_ == kJoiner || (last_ != ClusterClass::extend && c != kJoiner)) {
      pictograph_ = false;
    }
    switch (conjunct_class(c)) {
      case ConjunctClass::consonant:
        has_consonant_ = true;
        has_linker_ = false;
        break;
      case ConjunctClass::linker:
        has_linker_ = has_consonant_;
        break;
      case ConjunctClass::extend:
        break;
      case ConjunctClass::none:
        has_consonant_ = has_linker_ = false;
    }
    odd_regional_ = is_regional(c) && !odd_regional_;
    last_code_ = c;
  }

  char32_t last_code_ = 0;
  ClusterClass last_ = ClusterClass::other;
  bool pictograph_ = false;
  bool has_consonant_ = false, has_linker_ = false;
  bool odd_regional_ = false;
};

bool is_plain(char c) { return c >= ' ' && c < 0x7F; }

}  // namespace

std::size_t cluster_end(std::string_view text, std::size_t begin) {
  if (is_plain(text[begin]) && (begin + 1 == text.size() || is_plain(text[begin + 1]))) return begin + 1;
  std::size_t end = begin;
  Cluster cluster(next_code_point(text, end));
  for (std::size_t next = end; end < text.size(); end = next) {
    if (!cluster.accept(next_code_point(text, next))) break;
  }
  return end;
}

}  // namespace sightline
