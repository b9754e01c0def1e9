// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/added_tokens.h"

#include <algorithm>
#include <unordered_set>

#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/text/limits.h"
#include "sightline/text/unicode.h"
#include "sightline/text/word_characters.h"

namespace sightline {
namespace {

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

/// The character that starts at `at`, in valid UTF-8.
char32_t character_at(std::string_view text, std::size_t at) {
  return decode_utf8(text.substr(at, utf8_length(text[at])))[0];
}

std::size_t start_of_last(std::string_view text, std::size_t end) {
  std::size_t at = end - 1;
  while (at > 0 && is_continuation(text[at])) --at;
  return at;
}

bool is_space(char32_t c) { return character_class(c) == CharacterClass::space; }

bool touches_word(std::string_view text, std::size_t begin, std::size_t end) {
  return (begin > 0 && is_word_character(character_at(text, start_of_last(text, begin)))) ||
         (end < text.size() && is_word_character(character_at(text, end)));
}

}  // namespace

AddedTokens::AddedTokens(const std::vector<AddedTokenRule>& rules, std::string_view subject) {
  if (std::ssize(rules) > kMaxPipelineTokens) {
    fail(ErrorCode::limit, subject,
         "has " + std::to_string(rules.size()) + " added tokens, at most " +
             std::to_string(kMaxPipelineTokens) + " are accepted");
  }
  std::unordered_set<std::string_view> contents;
  PieceList pieces;
  for (const AddedTokenRule& rule : rules) {
    if (rule.content.empty())
      fail(ErrorCode::header, subject, "has an added token that is empty when normalised");
    if (std::ssize(rule.content) > kMaxPieceBytes) {
      fail(ErrorCode::limit, subject,
           "has an added token of " + std::to_string(rule.content.size()) + " bytes, at most " +
               std::to_string(kMaxPieceBytes) + " are accepted");
    }
    if (!contents.insert(rule.content).second) continue;
    pieces.add(rule.content);
    rules_.push_back(rule);
  }
  contents_ = PieceTable(std::move(pieces), subject);
}

AddedTokens::Match AddedTokens::longest_match(const PieceIndex& contents, std::string_view text) {
  Match match;
  contents.for_each_prefix(text, [&](std::size_t size, std::int32_t id) {
    match = {size, static_cast<std::size_t>(id)};
  });
  return match;
}

void AddedTokens::split(std::string_view text, FunctionRef<void(std::string_view)> on_text,
                        FunctionRef<void(std::int32_t)> on_token) const {
  const PieceIndex contents = contents_.index();
  std::size_t done = 0;  // the end of the last token with its white space
  for (std::size_t at = 0; at < text.size() && !rules_.empty();) {
    const Match match = longest_match(contents, text.substr(at));
    if (match.size == 0) {
      at += utf8_length(text[at]);
      continue;
    }
    const AddedTokenRule& rule = rules_[match.rule];
    std::size_t begin = at, end = at + match.size;
    at = end;
    if (rule.single_word && touches_word(text, begin, end)) continue;
    while (rule.lstrip && begin > done && is_space(character_at(text, start_of_last(text, begin))))
      begin = start_of_last(text, begin);
    while (rule.rstrip && end < text.size() && is_space(character_at(text, end)))
      end += utf8_length(text[end]);
    if (begin > done) on_text(text.substr(done, begin - done));
    on_token(rule.id);
    done = end;
  }
  if (done < text.size()) on_text(text.substr(done));
}

}  // namespace sightline
