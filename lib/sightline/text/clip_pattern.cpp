// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/clip_pattern.h"

#include "sightline/text/unicode.h"

namespace sightline {
namespace {

using Piece = std::u32string_view;

bool is_class(char32_t c, CharacterClass wanted) { return character_class(c) == wanted; }

// The length of 's 't 're 've 'm 'll 'd, or 0.
std::size_t contraction_length(Piece text, bool long_s) {
  if (text.size() < 2 || text[0] != U'\'') return 0;
  const char32_t first = text[1], second = text.size() > 2 ? text[2] : 0;
  if (first == 's' || first == 't' || first == 'm' || first == 'd') return 2;
  if (long_s && first == 0x17F) return 2;  // OpenAI's pattern ignores case, and U+017F folds to s
  if ((first == 'r' && second == 'e') || (first == 'v' && second == 'e') || (first == 'l' && second == 'l'))
    return 3;
  return 0;
}

std::size_t run_length(Piece text, CharacterClass wanted) {
  std::size_t length = 0;
  while (length < text.size() && is_class(text[length], wanted)) ++length;
  return length;
}

// Whether `text` starts with `name`; with `long_s`, U+017F counts as s, as in OpenAI's pattern, which ignores
// case.
bool starts_with_special(Piece text, Piece name, bool long_s) {
  if (text.size() < name.size()) return false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (text[i] != name[i] && !(long_s && name[i] == U's' && text[i] == 0x17F)) return false;
  }
  return true;
}

}  // namespace

std::size_t clip_piece_length(Piece text, bool openai) {
  for (const Piece special : {Piece(U"<|startoftext|>"), Piece(U"<|endoftext|>")}) {
    if (starts_with_special(text, special, openai)) return special.size();
  }
  if (const std::size_t length = contraction_length(text, openai); length > 0) return length;
  switch (character_class(text[0])) {
    case CharacterClass::letter:
      return run_length(text, CharacterClass::letter);
    case CharacterClass::number:
      return 1;
    default:
      return run_length(text, CharacterClass::other);
  }
}

}  // namespace sightline
