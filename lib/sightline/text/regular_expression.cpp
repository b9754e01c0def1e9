// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <string>
#include <utility>

#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/text/text_pattern.h"
#include "sightline/text/unicode.h"

namespace sightline {
namespace {

using Branch = TextPattern::Branch;

// Each position of a text is compared with every alternative and every range of a class.
constexpr std::size_t kMaxExpressionBytes = 1024;
// A larger minimum would make the search slow; {2,} is what occurs.
constexpr std::size_t kLargestMinimum = 16;

bool is_letter_or_digit(char32_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// A character or class with its quantifier.
struct Atom {
  CharacterSet set;
  std::optional<char32_t> character;  ///< if it is a single one
  bool repeated = false;
  std::size_t least = 1;
};

class Parser {
 public:
  Parser(std::string_view expression, std::string_view subject)
      : expression_(expression), subject_(subject), rest_(decode_utf8(expression)) {}

  std::vector<Branch> parse() {
    std::vector<Branch> branches;
    do {
      branches.push_back(branch());
    } while (take('|'));
    if (position_ < rest_.size()) refuse();
    return branches;
  }

 private:
  [[noreturn]] void refuse() const {
    fail(ErrorCode::unsupported, subject_,
         "is the regular expression \"" + printable(expression_) + "\", which is not supported");
  }

  bool at_end() const { return position_ == rest_.size(); }
  bool next_is(char32_t c) const { return !at_end() && rest_[position_] == c; }
  bool take(char32_t c) {
    if (!next_is(c)) return false;
    ++position_;
    return true;
  }
  bool take(char32_t first, char32_t second) {
    if (!next_is(first) || position_ + 1 == rest_.size() || rest_[position_ + 1] != second) return false;
    position_ += 2;
    return true;
  }
  char32_t take_any() {
    if (at_end()) refuse();
    return rest_[position_++];
  }

  Branch branch() {
    Branch branch;
    branch.from_start = take('\\', 'A');
    std::vector<Atom> atoms;
    while (!at_end() && !next_is('|') && !branch.to_end) {
      if (take('\\', 'z')) {
        branch.to_end = true;
      } else {
        atoms.push_back(atom());
      }
    }
    if (branch.to_end && !at_end() && !next_is('|')) refuse();
    if (atoms.empty()) refuse();
    if (atoms.size() == 1 && (atoms[0].repeated || !atoms[0].character)) {
      branch.set = std::move(atoms[0].set);
      branch.least = atoms[0].least;
      branch.unlimited = atoms[0].repeated;
      return branch;
    }
    for (const Atom& atom : atoms) {
      if (atom.repeated || !atom.character) refuse();
      append_utf8(branch.text, *atom.character);
    }
    return branch;
  }

  Atom atom() {
    Atom atom;
    if (take('[')) {
      read_class(atom.set);
    } else if (take('\\', 's')) {
      atom.set.add_white_space();
    } else {
      atom.character = literal();
      atom.set.add(*atom.character, *atom.character);
    }
    read_quantifier(atom);
    return atom;
  }

  char32_t literal() {
    constexpr std::u32string_view kOperators = U".^$*+?(){}[]|";
    if (next_is('\\')) return escaped();
    const char32_t c = take_any();
    if (kOperators.find(c) != std::u32string_view::npos) refuse();
    return c;
  }

  char32_t escaped() {
    ++position_;  // the backslash
    const char32_t c = take_any();
    if (c == 'n') return '\n';
    if (c == 'r') return '\r';
    if (c == 't') return '\t';
    if (is_letter_or_digit(c) || c >= 0x80) refuse();
    return c;
  }

  /// Behind the opening bracket.
  void read_class(CharacterSet& set) {
    bool first = true;
    while (!take(']')) {
      if (take('\\', 's')) {
        set.add_white_space();
      } else {
        const char32_t low = class_character(first);
        // A hyphen before the end is a character.
        const bool range = next_is('-') && position_ + 1 < rest_.size() && rest_[position_ + 1] != ']';
        char32_t high = low;
        if (range) {
          ++position_;
          if (next_is('\\') && position_ + 1 < rest_.size() && rest_[position_ + 1] == 's') refuse();
          high = class_character(false);
          if (high < low) refuse();
        }
        set.add(low, high);
      }
      first = false;
    }
    if (first) refuse();
  }

  char32_t class_character(bool first) {
    if (next_is('\\')) return escaped();
    const char32_t c = take_any();
    // A negated or nested class, and Oniguruma's intersection.
    if (c == '[' || (c == '^' && first) || (c == '&' && next_is('&'))) refuse();
    return c;
  }

  void read_quantifier(Atom& atom) {
    if (take('+')) {
      atom.repeated = true;
    } else if (take('{')) {
      std::size_t least = 0;
      while (!at_end() && rest_[position_] >= '0' && rest_[position_] <= '9' && least <= kLargestMinimum) {
        least = least * 10 + (take_any() - '0');
      }
      if (least == 0 || least > kLargestMinimum || !take(',', '}')) refuse();
      atom.repeated = true;
      atom.least = least;
    }
  }

  std::string_view expression_;
  std::string_view subject_;
  CodePoints rest_;
  std::size_t position_ = 0;
};

}  // namespace

std::vector<Branch> read_regular_expression(std::string_view expression, std::string_view subject) {
  if (expression.size() > kMaxExpressionBytes) {
    fail(ErrorCode::limit, subject,
         "has " + std::to_string(expression.size()) + " bytes, at most " +
             std::to_string(kMaxExpressionBytes) + " are accepted");
  }
  return Parser(expression, subject).parse();
}

}  // namespace sightline
