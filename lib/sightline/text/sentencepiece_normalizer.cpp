// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sightline/text/charsmap.h"
#include "sightline/text/normalizer_steps.h"
#include "sightline/text/unicode.h"

namespace sightline {
namespace {

constexpr std::string_view kSpaceSymbol = "\xE2\x96\x81";  // U+2581
constexpr std::string_view kReplacementCharacter = "\xEF\xBF\xBD";

/// Pieces that no rule may change, in order; a model may have hundreds of thousands.
class UserDefined {
 public:
  explicit UserDefined(std::vector<std::string> pieces) : pieces_(std::move(pieces)) {
    std::erase(pieces_, "");
    std::sort(pieces_.begin(), pieces_.end());
    shorter_.reserve(pieces_.size());
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      std::size_t before = i;  // one behind the piece that is tried
      while (before > 0 && !pieces_[i].starts_with(pieces_[before - 1])) before = shorter_[before - 1];
      shorter_.push_back(before);
    }
  }

  /// The length of the longest piece at the start of `text`, or 0.
  std::size_t match(std::string_view text) const {
    // Every piece at the start of the text is also at the start of the last piece that is not after the text.
    const auto after = std::upper_bound(pieces_.begin(), pieces_.end(), text);
    auto before = static_cast<std::size_t>(after - pieces_.begin());
    while (before > 0 && !text.starts_with(pieces_[before - 1])) before = shorter_[before - 1];
    return before == 0 ? 0 : pieces_[before - 1].size();
  }

 private:
  std::vector<std::string> pieces_;
  /// One more than the index of the longest other piece at the start of each piece, or 0.
  std::vector<std::size_t> shorter_;
};

// Normalizer::Normalize and NormalizePrefix of SentencePiece's src/normalizer.cc.
class SentencePieceNormalizer : public Normalizer {
 public:
  explicit SentencePieceNormalizer(SentencePieceNormalizerSpec spec)
      : collapse_(spec.remove_extra_whitespaces),
        prefix_(spec.add_dummy_prefix),
        space_(spec.escape_whitespaces ? kSpaceSymbol : " "),
        user_defined_(std::move(spec.user_defined)) {
    if (!spec.precompiled_charsmap.empty()) map_.emplace(spec.precompiled_charsmap, "precompiled_charsmap");
  }

  std::string apply(std::string text) const override {
    std::string_view rest = text;
    if (collapse_) skip_spaces(rest);
    if (rest.empty()) return "";
    std::string out;
    out.reserve(rest.size() + rest.size() / 2);
    if (prefix_) out += space_;
    bool after_space = collapse_;
    while (!rest.empty()) {
      const Prefix prefix = normalize_prefix(rest);
      rest.remove_prefix(prefix.bytes);
      std::string_view value = prefix.value;
      while (after_space && value.starts_with(' ')) value.remove_prefix(1);
      if (value.empty()) continue;
      append_escaped(out, value);
      after_space = collapse_ && value.ends_with(' ');
    }
    // This removes the prefix, too, if nothing but spaces follows it.
    while (collapse_ && out.ends_with(space_)) out.resize(out.size() - space_.size());
    return out;
  }

 private:
  struct Prefix {
    std::size_t bytes;
    std::string_view value;
  };

  /// The replacement at the start of a text that is not empty. A key of the map may end within a character;
  /// the bytes that it leaves become replacement characters.
  Prefix normalize_prefix(std::string_view text) const {
    if (const std::size_t bytes = user_defined_.match(text); bytes > 0) return {bytes, text.substr(0, bytes)};
    if (const std::optional<Charsmap::Match> match = map_ ? map_->longest_match(text) : std::nullopt) {
      return {match->key_bytes, match->value};
    }
    if ((static_cast<unsigned char>(text[0]) & 0xC0) == 0x80) return {1, kReplacementCharacter};
    std::size_t end = 0;
    next_code_point(text, end);
    return {end, text.substr(0, end)};
  }

  void skip_spaces(std::string_view& text) const {
    while (!text.empty()) {
      const Prefix prefix = normalize_prefix(text);
      if (prefix.value != " ") return;
      text.remove_prefix(prefix.bytes);
    }
  }

  void append_escaped(std::string& out, std::string_view value) const {
    while (!value.empty()) {
      const std::size_t plain = std::min(value.find(' '), value.size());
      append_normalized(out, value.substr(0, plain));
      value.remove_prefix(plain);
      if (value.empty()) return;
      append_normalized(out, space_);
      value.remove_prefix(1);
    }
  }

  bool collapse_, prefix_;
  std::string_view space_;
  UserDefined user_defined_;
  std::optional<Charsmap> map_;
};

}  // namespace

std::unique_ptr<Normalizer> make_sentencepiece_normalizer(SentencePieceNormalizerSpec spec) {
  return std::make_unique<SentencePieceNormalizer>(std::move(spec));
}

}  // namespace sightline
