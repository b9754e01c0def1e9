// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/base/function_ref.h"
#include "sightline/containers/json.h"

namespace sightline {

/// A set of characters.
class CharacterSet {
 public:
  void add(char32_t first, char32_t last);
  void add_white_space() { white_space_ = true; }
  bool contains(char32_t c) const;

 private:
  struct Range {
    char32_t first, last;
  };
  std::vector<Range> ranges_;
  bool white_space_ = false;
};

/// What the step Replace or Split of a `tokenizer.json` searches for: {"String": text} or {"Regex":
/// expression}.
///
/// Of regular expressions (Oniguruma's), those are read that tokenizers of this kind use: alternatives (`|`),
/// each a text or one character or class with `+` or `{n,}`, between an optional `\A` and an optional `\z`. A
/// character may be escaped; `\s`, `\n`, `\r`, `\t` and classes `[...]` of characters and ranges are known.
/// The search takes linear time in the length of the text.
class TextPattern {
 public:
  /// Errors: unsupported (any other expression; an empty text), limit, missing, type.
  explicit TextPattern(const Json& spec);

  /// Visits the leftmost matches that do not overlap as byte positions; none is empty.
  void for_each_match(std::string_view text,
                      FunctionRef<void(std::size_t begin, std::size_t end)> visit) const;

  /// One alternative: a text if it has no `set`, or else a run of at least `least` characters of a set.
  struct Branch {
    bool from_start = false, to_end = false;
    std::string text;
    CharacterSet set;
    std::size_t least = 0;
    bool unlimited = false;
  };

 private:
  std::vector<Branch> branches_;
};

/// Reads an expression of the form above. Errors: unsupported, limit (its length). `subject` is its name for
/// messages.
std::vector<TextPattern::Branch> read_regular_expression(std::string_view expression,
                                                         std::string_view subject);

}  // namespace sightline
