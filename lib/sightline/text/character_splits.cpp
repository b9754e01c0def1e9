// SPDX-License-Identifier: Apache-2.0
// The pre-tokenisers that divide a text at characters of a class.
#include <memory>
#include <string_view>
#include <vector>

#include "sightline/text/code_ranges.h"
#include "sightline/text/splitting.h"
#include "sightline/text/tokenizer_tables.h"
#include "sightline/text/unicode.h"

namespace sightline {
namespace {

/// Each delimiter is a part of its own.
template <class IsDelimiter>
void find_characters(std::string_view text, std::vector<TextPart>& parts, const IsDelimiter& is_delimiter) {
  std::size_t after_last = 0;
  for (std::size_t begin = 0, end = 0; begin < text.size(); begin = end) {
    if (!is_delimiter(next_code_point(text, end))) continue;
    if (after_last < begin) parts.push_back({after_last, begin, false});
    parts.push_back({begin, end, true});
    after_last = end;
  }
  if (after_last < text.size()) parts.push_back({after_last, text.size(), false});
}

void split_at_white_space(std::vector<Piece>& pieces) {
  split_pieces(pieces, DelimiterBehavior::removed, [](std::string_view text, std::vector<TextPart>& parts) {
    find_characters(text, parts, is_white_space);
  });
}

bool is_punctuation(char32_t c) { return find_range(kPunctuation, c) != nullptr; }

class WhitespaceSplit : public PreTokenizer {
 public:
  void split(std::vector<Piece>& pieces) const override { split_at_white_space(pieces); }
};

class BertPreTokenizer : public PreTokenizer {
 public:
  void split(std::vector<Piece>& pieces) const override {
    split_at_white_space(pieces);
    split_pieces(pieces, DelimiterBehavior::isolated,
                 [](std::string_view text, std::vector<TextPart>& parts) {
                   find_characters(text, parts, is_punctuation);
                 });
  }
};

}  // namespace

std::unique_ptr<PreTokenizer> read_whitespace_split(const Json&) {
  return std::make_unique<WhitespaceSplit>();
}

std::unique_ptr<PreTokenizer> read_bert_pre_tokenizer(const Json&) {
  return std::make_unique<BertPreTokenizer>();
}

}  // namespace sightline
