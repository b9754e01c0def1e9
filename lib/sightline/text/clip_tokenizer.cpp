// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/clip_tokenizer.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/text/bpe.h"
#include "sightline/text/clip_pattern.h"
#include "sightline/text/limits.h"
#include "sightline/text/normalization.h"
#include "sightline/text/token_table.h"
#include "sightline/text/unicode.h"
#include "sightline/text/vocabulary.h"

namespace sightline {
namespace {

using Piece = std::u32string_view;

bool is_class(char32_t c, CharacterClass wanted) { return character_class(c) == wanted; }

// NFC, then each run of white space becomes one space, then lower case of each character.
CodePoints normalized(std::string_view text) {
  CodePoints out;
  out.reserve(text.size());
  bool after_space = false;
  for (const char32_t c : normalize_nfc(decode_utf8(text))) {
    const bool space = is_class(c, CharacterClass::space);
    if (!space) {
      append_lower(out, c);
    } else if (!after_space) {
      out += U' ';
    }
    after_space = space;
  }
  return out;
}

// A token to search for, in the units of the text to search.
template <class String>
struct Needle {
  String content;
  std::int32_t id;
};

// Splits `text` at the tokens, leftmost first and longest first; `needles` are sorted by decreasing length.
template <class String, class View, class Between>
void split_at(View text, const std::vector<Needle<String>>& needles, std::vector<std::int32_t>& ids,
              Between between) {
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size() && !needles.empty();) {
    const auto found = std::find_if(needles.begin(), needles.end(), [&](const Needle<String>& needle) {
      return needle.content[0] == text[i] && text.substr(i).starts_with(needle.content);
    });
    if (found == needles.end()) {
      ++i;
      continue;
    }
    between(text.substr(begin, i - begin));
    ids.push_back(found->id);
    i += found->content.size();
    begin = i;
  }
  between(text.substr(begin));
}

template <class String>
void sort_needles(std::vector<Needle<String>>& needles) {
  std::stable_sort(needles.begin(), needles.end(), [](const Needle<String>& a, const Needle<String>& b) {
    return a.content.size() > b.content.size();
  });
}

}  // namespace

struct CLIPTokenizer::State {
  State(Vocabulary parsed, TextCleaning wanted);

  Vocabulary vocabulary;
  TextCleaning cleaning;
  std::vector<Needle<std::string>> raw_needles;
  std::vector<Needle<CodePoints>> normalized_needles;

  void encode_word(Piece word, std::vector<std::int32_t>& ids) const;
  void encode_pieces(Piece text, std::vector<std::int32_t>& ids) const;
  void encode_hf(std::string_view text, std::vector<std::int32_t>& ids) const;
  void encode_cleaned(std::string_view text, std::vector<std::int32_t>& ids) const;
};

CLIPTokenizer::State::State(Vocabulary parsed, TextCleaning wanted)
    : vocabulary(std::move(parsed)), cleaning(wanted) {
  for (const AddedToken& token : vocabulary.added) {
    if (!token.normalized) {
      raw_needles.push_back({token.content, token.id});
    } else if (CodePoints content = normalized(token.content); !content.empty()) {
      normalized_needles.push_back({std::move(content), token.id});
    }
  }
  sort_needles(raw_needles);
  sort_needles(normalized_needles);
}

// Maps bytes to symbols, the last one with the end-of-word suffix, and merges them.
void CLIPTokenizer::State::encode_word(Piece word, std::vector<std::int32_t>& ids) const {
  const std::string bytes = encode_utf8(word);
  std::vector<std::int32_t> symbols(bytes.size());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    symbols[i] = i + 1 == bytes.size() ? vocabulary.final_bytes[byte] : vocabulary.bytes[byte];
  }
  vocabulary.merger.merge(symbols);
  for (const std::int32_t id : symbols) {
    if (id < 0 && vocabulary.unknown_id < 0) {
      fail(ErrorCode::missing, "",
           "contains a byte without a token in the vocabulary, which has no unknown token either");
    }
    ids.push_back(id >= 0 ? id : vocabulary.unknown_id);
  }
}

void CLIPTokenizer::State::encode_pieces(Piece text, std::vector<std::int32_t>& ids) const {
  const bool openai = cleaning != TextCleaning::hf;
  while (!text.empty()) {
    if (is_class(text[0], CharacterClass::space)) {
      text.remove_prefix(1);
      continue;
    }
    const std::size_t length = clip_piece_length(text, openai);
    const Piece piece = text.substr(0, length);
    text.remove_prefix(length);
    if (length > 3 && piece.starts_with(U"<|") && piece.ends_with(U"|>") &&
        is_class(piece[2], CharacterClass::letter)) {
      if (openai) {
        if (piece == U"<|endoftext|>") {
          ids.push_back(vocabulary.end_id);
        } else if (piece == U"<|startoftext|>") {
          ids.push_back(vocabulary.start_id);
        } else {
          encode_word(piece, ids);  // written with U+017F: a single word, but not a token
        }
        continue;
      }
      // ByteLevel applies GPT-2's own pattern again, which splits only such a piece, into "<|", "endoftext"
      // and "|>".
      encode_word(piece.substr(0, 2), ids);
      encode_word(piece.substr(2, length - 4), ids);
      encode_word(piece.substr(length - 2), ids);
      continue;
    }
    encode_word(piece, ids);
  }
}

// Added tokens are matched in the raw text before normalisation, those marked `normalized` after it.
void CLIPTokenizer::State::encode_hf(std::string_view text, std::vector<std::int32_t>& ids) const {
  split_at(text, raw_needles, ids, [&](std::string_view ordinary) {
    const CodePoints clean = normalized(ordinary);
    split_at(Piece(clean), normalized_needles, ids, [&](Piece rest) { encode_pieces(rest, ids); });
  });
}

// Source: OpenAI CLIP, simple_tokenizer.py. White space needs no cleaning: it only separates pieces.
void CLIPTokenizer::State::encode_cleaned(std::string_view text, std::vector<std::int32_t>& ids) const {
  CodePoints clean = cleaning == TextCleaning::openai ? lower_with_final_sigma(basic_clean(text))
                                                      : decode_utf8(clean_text(text, cleaning));
  // The pattern ignores case, so U+0345, a mark that folds to a letter, is in none of its classes and is
  // skipped like white space (measured with regex 2026.11).
  std::replace(clean.begin(), clean.end(), char32_t{0x345}, U' ');
  encode_pieces(clean, ids);
}

CLIPTokenizer::CLIPTokenizer(std::unique_ptr<State> state) : state_(std::move(state)) {}
CLIPTokenizer::~CLIPTokenizer() = default;

std::unique_ptr<CLIPTokenizer> CLIPTokenizer::from_vocabulary(ByteView vocab_json, ByteView merges_txt,
                                                              TextCleaning cleaning,
                                                              const TokenizerSettingsTexts& settings) {
  auto state =
      std::make_unique<State>(read_vocabulary(as_text(vocab_json), as_text(merges_txt), settings), cleaning);
  return std::unique_ptr<CLIPTokenizer>(new CLIPTokenizer(std::move(state)));
}

std::unique_ptr<CLIPTokenizer> CLIPTokenizer::from_tokenizer_json(ByteView tokenizer_json,
                                                                  TextCleaning cleaning,
                                                                  const TokenizerSettingsTexts& settings) {
  auto state = std::make_unique<State>(read_tokenizer_json(as_text(tokenizer_json), settings), cleaning);
  return std::unique_ptr<CLIPTokenizer>(new CLIPTokenizer(std::move(state)));
}

std::unique_ptr<CLIPTokenizer> CLIPTokenizer::from_table(ByteView table, std::shared_ptr<const void> owner,
                                                         std::string_view subject) {
  TokenTable view = view_token_table(table, subject);
  view.vocabulary.owner = std::move(owner);
  auto state = std::make_unique<State>(std::move(view.vocabulary), view.cleaning);
  return std::unique_ptr<CLIPTokenizer>(new CLIPTokenizer(std::move(state)));
}

std::vector<std::byte> CLIPTokenizer::table() const {
  return compile_token_table(state_->vocabulary, state_->cleaning);
}

Encoding CLIPTokenizer::encode(std::string_view utf8, std::int64_t max_length) const {
  if (std::ssize(utf8) > kMaxTextBytes) {
    fail(ErrorCode::limit, "", "has " + std::to_string(utf8.size()) + " bytes, at most 1048576 are accepted");
  }
  Encoding encoding;
  encoding.ids.push_back(state_->vocabulary.start_id);
  if (!is_utf8(utf8)) decode_utf8(utf8);  // raises the error with the byte position
  if (state_->cleaning != TextCleaning::hf) {
    state_->encode_cleaned(utf8, encoding.ids);
  } else {
    state_->encode_hf(utf8, encoding.ids);
  }
  encoding.ids.push_back(state_->vocabulary.end_id);
  const auto most = static_cast<std::size_t>(std::min(max_length, state_->vocabulary.max_length));
  if (encoding.ids.size() > most) {
    encoding.truncated = true;
    if (state_->vocabulary.truncate_left && most > 0) {
      const auto begin = encoding.ids.begin() + 1;
      encoding.ids.erase(begin, begin + static_cast<std::ptrdiff_t>(encoding.ids.size() - most));
    }
    encoding.ids.resize(most);
    if (most > 0) encoding.ids.back() = state_->vocabulary.end_id;
  }
  return encoding;
}

std::int64_t CLIPTokenizer::vocabulary_size() const { return state_->vocabulary.size; }
std::int32_t CLIPTokenizer::start_id() const { return state_->vocabulary.start_id; }
std::int32_t CLIPTokenizer::end_id() const { return state_->vocabulary.end_id; }
std::int64_t CLIPTokenizer::max_length() const { return state_->vocabulary.max_length; }

}  // namespace sightline
