// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/text/normalizer_steps.h"
#include "sightline/text/splitting.h"
#include "sightline/text/unicode.h"

namespace sightline {
namespace {

enum class PrependScheme { always, first, never };

/// Replaces spaces by a character, puts it before pieces that do not begin with it, and divides before it.
class Metaspace : public PreTokenizer {
 public:
  Metaspace(std::string_view replacement, PrependScheme scheme, bool divides)
      : replacement_(replacement), scheme_(scheme), divides_(divides) {}

  void split(std::vector<Piece>& pieces) const override {
    std::erase_if(pieces, [](const Piece& piece) { return piece.text.empty(); });
    for (Piece& piece : pieces) piece.text = replaced(piece);
    if (!divides_) return;
    split_pieces(
        pieces, DelimiterBehavior::merged_with_next,
        [this](std::string_view text, std::vector<TextPart>& parts) { find_replacements(text, parts); });
  }

 private:
  std::string replaced(const Piece& piece) const {
    std::string out;
    const std::string_view text = piece.text;
    const bool starts = text.starts_with(' ') || text.starts_with(replacement_);
    const bool wanted =
        scheme_ == PrependScheme::always || (scheme_ == PrependScheme::first && piece.at_start);
    if (wanted && !starts) out = replacement_;
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t end = std::min(text.find(' ', begin), text.size());
      append_normalized(out, text.substr(begin, end - begin));
      if (end < text.size()) append_normalized(out, replacement_);
      begin = end + 1;
    }
    return out;
  }

  void find_replacements(std::string_view text, std::vector<TextPart>& parts) const {
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t found = std::min(text.find(replacement_, begin), text.size());
      if (begin < found) parts.push_back({begin, found, false});
      if (found == text.size()) return;
      begin = found + replacement_.size();
      parts.push_back({found, begin, true});
    }
  }

  std::string replacement_;
  PrependScheme scheme_;
  bool divides_;
};

PrependScheme read_scheme(const Json& spec) {
  PrependScheme scheme = PrependScheme::always;
  if (const std::optional<Json> value = spec.find("prepend_scheme")) {
    const std::string_view name = value->as_string();
    if (name == "first") {
      scheme = PrependScheme::first;
    } else if (name == "never") {
      scheme = PrependScheme::never;
    } else if (name != "always") {
      fail(ErrorCode::header, value->path(),
           "is \"" + printable(name) + "\", expected \"always\", \"first\" or \"never\"");
    }
  }
  // The name of the setting in older files.
  const std::optional<Json> old = spec.find("add_prefix_space");
  if (old && !old->is_null() && !old->as_bool() && scheme != PrependScheme::never) {
    fail(ErrorCode::header, old->path(), "is false, but prepend_scheme is not \"never\"");
  }
  return scheme;
}

}  // namespace

std::unique_ptr<PreTokenizer> read_metaspace(const Json& spec) {
  const Json replacement = spec.at("replacement");
  const std::string_view text = replacement.as_string();
  std::size_t end = 0;
  if (!text.empty()) next_code_point(text, end);
  if (text.empty() || end != text.size()) {
    fail(ErrorCode::header, replacement.path(), "is \"" + printable(text) + "\", expected one character");
  }
  const std::optional<Json> split = spec.find("split");
  return std::make_unique<Metaspace>(text, read_scheme(spec), !split || split->is_null() || split->as_bool());
}

}  // namespace sightline
