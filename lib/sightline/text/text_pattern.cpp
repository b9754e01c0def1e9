// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/text_pattern.h"

#include <algorithm>

#include "sightline/base/error.h"
#include "sightline/text/unicode.h"

namespace sightline {
namespace {

using Branch = TextPattern::Branch;

/// Finds a branch at increasing positions of one text. Remembers where the current run of the set ends, so
/// that a long run that is too short for its minimum, or not at the end of the text, is not measured again.
class Matcher {
 public:
  Matcher(const Branch& branch, std::string_view text) : branch_(branch), text_(text) {}

  /// The end of the match at `begin`, or `begin`.
  std::size_t match(std::size_t begin) {
    if (branch_.from_start && begin != 0) return begin;
    const std::size_t end = branch_.least == 0 ? text_end(begin) : run_match(begin);
    return branch_.to_end && end != text_.size() ? begin : end;
  }

 private:
  std::size_t text_end(std::size_t begin) const {
    return text_.substr(begin).starts_with(branch_.text) ? begin + branch_.text.size() : begin;
  }

  std::size_t run_match(std::size_t begin) {
    std::size_t end = begin;
    for (std::size_t i = 0; i < branch_.least; ++i) {
      if (end == text_.size() || !branch_.set.contains(next_code_point(text_, end))) return begin;
    }
    if (!branch_.unlimited) return end;
    if (end <= run_end_) return run_end_;
    for (std::size_t next = end; end < text_.size(); end = next) {
      if (!branch_.set.contains(next_code_point(text_, next))) break;
    }
    return run_end_ = end;
  }

  const Branch& branch_;
  std::string_view text_;
  std::size_t run_end_ = 0;
};

void visit_text(std::string_view text, std::string_view searched,
                FunctionRef<void(std::size_t, std::size_t)> visit) {
  for (std::size_t begin = text.find(searched); begin != std::string_view::npos;) {
    visit(begin, begin + searched.size());
    begin = text.find(searched, begin + searched.size());
  }
}

std::vector<Branch> read_branches(const Json& spec) {
  if (const std::optional<Json> text = spec.find("String")) {
    Branch branch;
    branch.text = text->as_string();
    if (branch.text.empty()) fail(ErrorCode::unsupported, text->path(), "is empty, which is not supported");
    return {std::move(branch)};
  }
  const Json expression = spec.at("Regex");
  return read_regular_expression(expression.as_string(), expression.path());
}

}  // namespace

void CharacterSet::add(char32_t first, char32_t last) { ranges_.push_back({first, last}); }

bool CharacterSet::contains(char32_t c) const {
  if (white_space_ && is_white_space(c)) return true;
  return std::any_of(ranges_.begin(), ranges_.end(),
                     [c](const Range& range) { return c >= range.first && c <= range.last; });
}

TextPattern::TextPattern(const Json& spec) : branches_(read_branches(spec)) {}

void TextPattern::for_each_match(std::string_view text,
                                 FunctionRef<void(std::size_t begin, std::size_t end)> visit) const {
  if (branches_.size() == 1 && branches_[0].least == 0 && !branches_[0].from_start && !branches_[0].to_end) {
    visit_text(text, branches_[0].text, visit);
    return;
  }
  std::vector<Matcher> matchers;
  for (const Branch& branch : branches_) matchers.emplace_back(branch, text);
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t end = begin;
    for (Matcher& matcher : matchers) {
      end = matcher.match(begin);
      if (end != begin) break;
    }
    if (end != begin) {
      visit(begin, end);
    } else {
      next_code_point(text, end);
    }
    begin = end;
  }
}

}  // namespace sightline
