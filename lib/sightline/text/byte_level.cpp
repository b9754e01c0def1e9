// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/text/byte_symbols.h"
#include "sightline/text/normalizer_steps.h"
#include "sightline/text/splitting.h"
#include "sightline/text/unicode.h"

namespace sightline {
namespace {

/// Finds the words of GPT-2's pattern, which cover a text:
/// 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
class Words {
 public:
  explicit Words(std::string_view text) : text_(text) {}

  /// The end of the word at `begin`.
  std::size_t word_end(std::size_t begin) const {
    for (const std::string_view ending : {"'s", "'t", "'re", "'ve", "'m", "'ll", "'d"}) {
      if (text_.substr(begin).starts_with(ending)) return begin + ending.size();
    }
    const std::size_t first = text_[begin] == ' ' ? begin + 1 : begin;
    if (first < text_.size()) {
      const CharacterClass kind = class_at(first).kind;
      if (kind != CharacterClass::space) return run_end(first, kind);
    }
    return space_end(begin);
  }

 private:
  struct Character {
    CharacterClass kind;
    std::size_t end;
  };
  Character class_at(std::size_t position) const {
    const CharacterClass kind = character_class(next_code_point(text_, position));
    return {kind, position};
  }

  std::size_t run_end(std::size_t begin, CharacterClass kind) const {
    while (begin < text_.size()) {
      const Character next = class_at(begin);
      if (next.kind != kind) break;
      begin = next.end;
    }
    return begin;
  }

  // White space that is followed by a word leaves its last character to it, unless it has only one.
  std::size_t space_end(std::size_t begin) const {
    std::size_t end = begin, last = begin;
    while (end < text_.size()) {
      const Character next = class_at(end);
      if (next.kind != CharacterClass::space) return last > begin ? last : end;
      last = end;
      end = next.end;
    }
    return end;
  }

  std::string_view text_;
};

class ByteLevel : public PreTokenizer {
 public:
  ByteLevel(bool prefix, bool divides) : prefix_(prefix), divides_(divides) {}

  void split(std::vector<Piece>& pieces) const override {
    std::erase_if(pieces, [](const Piece& piece) { return piece.text.empty(); });
    if (prefix_) {
      for (Piece& piece : pieces) {
        if (!piece.text.starts_with(' ')) piece.text.insert(0, 1, ' ');
      }
    }
    if (divides_) {
      split_pieces(pieces, DelimiterBehavior::isolated,
                   [](std::string_view text, std::vector<TextPart>& parts) {
                     const Words words(text);
                     for (std::size_t begin = 0, end = 0; begin < text.size(); begin = end) {
                       end = words.word_end(begin);
                       parts.push_back({begin, end, true});
                     }
                   });
    }
    for (Piece& piece : pieces) piece.text = spelled(piece.text);
  }

 private:
  std::string spelled(std::string_view text) const {
    std::string out;
    for (const char byte : text) append_normalized(out, symbols_[static_cast<unsigned char>(byte)]);
    return out;
  }

  bool prefix_, divides_;
  std::array<std::string, 256> symbols_ = byte_symbols();
};

}  // namespace

std::unique_ptr<PreTokenizer> read_byte_level(const Json& spec) {
  const std::optional<Json> regex = spec.find("use_regex");
  return std::make_unique<ByteLevel>(spec.at("add_prefix_space").as_bool(), !regex || regex->as_bool());
}

}  // namespace sightline
