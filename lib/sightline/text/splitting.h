// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "sightline/containers/json.h"
#include "sightline/text/pre_tokenizer.h"

namespace sightline {

/// How a delimiter is treated: it is deleted, becomes a piece of its own, the end of the piece before it, the
/// start of the piece after it, or one piece with the delimiters next to it.
enum class DelimiterBehavior { removed, isolated, merged_with_previous, merged_with_next, contiguous };

/// A part of a text, which is a delimiter or lies between two.
struct TextPart {
  std::size_t begin, end;
  bool delimiter;
};

/// Turns parts that cover a text into pieces, as NormalizedString::split of tokenizers 0.23.3.
void apply_behavior(std::vector<TextPart>& parts, DelimiterBehavior behavior);

/// Replaces each piece by the parts that `find_parts(text, parts)` appends for it, after `behavior`.
template <class FindParts>
void split_pieces(std::vector<Piece>& pieces, DelimiterBehavior behavior, const FindParts& find_parts) {
  std::vector<Piece> out;
  std::vector<TextPart> parts;
  for (const Piece& piece : pieces) {
    parts.clear();
    find_parts(std::string_view(piece.text), parts);
    apply_behavior(parts, behavior);
    for (const TextPart& part : parts) {
      if (part.begin == part.end) continue;
      out.push_back(
          {piece.text.substr(part.begin, part.end - part.begin), piece.at_start && part.begin == 0});
    }
  }
  pieces = std::move(out);
}

// One function per type of step, for `make_pre_tokenizer`.
std::unique_ptr<PreTokenizer> read_whitespace_split(const Json& spec);
std::unique_ptr<PreTokenizer> read_bert_pre_tokenizer(const Json& spec);
std::unique_ptr<PreTokenizer> read_metaspace(const Json& spec);
std::unique_ptr<PreTokenizer> read_byte_level(const Json& spec);
std::unique_ptr<PreTokenizer> read_split(const Json& spec);

}  // namespace sightline
