// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/fix_entities.h"

#include <algorithm>
#include <optional>
#include <string>

#include "sightline/text/fix_characters.h"
#include "sightline/text/html_entities.h"
#include "sightline/text/normalization.h"

namespace sightline {
namespace {

constexpr std::size_t kMaxLength = 24;  // of the characters between '&' or "&#" and ';'

bool is_alphanumeric(char32_t c) {
  return (c >= U'0' && c <= U'9') || (c >= U'A' && c <= U'Z') || (c >= U'a' && c <= U'z');
}

// ftfy adds names in capitals unless html.unescape replaces part of them.
std::optional<std::string> capital_entity(const std::string& name) {
  const auto is_lower = [](char c) { return c >= 'a' && c <= 'z'; };
  if (std::any_of(name.begin(), name.end(), is_lower)) return std::nullopt;
  std::string lower = name;
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 'a' - 'A') : c;
  const HtmlEntity* entity = find_html_entity(kHtmlEntities, lower);
  if (entity == nullptr) return std::nullopt;
  std::string unescaped;
  unescape_html("&" + name, unescaped);
  if (unescaped != "&" + name) return std::nullopt;
  const HtmlEntity* capital = find_html_entity(kCapitalEntities, name);
  return std::string(capital != nullptr ? capital->text : entity->text);
}

/// The text of "&name;" or "&#number;", or nothing if ftfy leaves it.
std::optional<CodePoints> text_of(std::u32string_view reference) {
  std::string ascii(reference.begin(), reference.end());
  if (ascii[1] == '#') {
    std::string text;
    unescape_html(ascii, text);
    if (text.find(';') != std::string::npos) return std::nullopt;
    return decode_utf8(text);
  }
  const std::string name = ascii.substr(1);
  if (const HtmlEntity* entity = find_html_entity(kHtmlEntities, name)) return decode_utf8(entity->text);
  const std::optional<std::string> capital = capital_entity(name);
  return capital ? std::optional(decode_utf8(*capital)) : std::nullopt;
}

/// Where the reference starts that ends with the last character of `text`, a semicolon; npos if none does.
std::size_t reference_start(const CodePoints& text) {
  std::size_t at = text.size() - 1;
  std::size_t length = 0;
  while (at > 0 && length <= kMaxLength && is_alphanumeric(text[at - 1])) {
    --at;
    ++length;
  }
  if (length == 0 || length > kMaxLength) return CodePoints::npos;
  if (at > 1 && text[at - 1] == U'#') --at;
  return at > 0 && text[at - 1] == U'&' ? at - 1 : CodePoints::npos;
}

class Unescaper {
 public:
  explicit Unescaper(Unescape depth) : depth_(depth) {}

  /// Appends a character, and replaces the reference that it completes.
  void append(char32_t c) {
    pending_ = c;
    while (!pending_.empty()) {
      out_ += pending_.back();
      pending_.pop_back();
      if (out_.back() == U';') replace_reference();
    }
  }

  CodePoints take() { return std::move(out_); }

 private:
  void replace_reference() {
    const std::size_t start = reference_start(out_);
    if (start == CodePoints::npos || start < replaced_) return;
    const std::optional<CodePoints> text = text_of(std::u32string_view(out_).substr(start));
    if (!text) return;
    out_.resize(start);
    if (depth_ == Unescape::once) {
      out_ += *text;
      replaced_ = out_.size();
      return;
    }
    CodePoints fixed;
    for (const char32_t c : *text) append_fixed_character(fixed, c);
    fixed = normalize_nfc(std::move(fixed));
    std::erase_if(fixed, is_deleted_control);
    pending_.append(fixed.rbegin(), fixed.rend());
  }

  Unescape depth_;
  CodePoints out_;
  CodePoints pending_;  // what follows out_, in reverse order; a replacement may complete another reference
  std::size_t replaced_ = 0;  // what precedes is the result of a replacement
};

}  // namespace

CodePoints unescape_entities(const CodePoints& text, Unescape depth) {
  if (text.find(U'&') == CodePoints::npos || text.find(U';') == CodePoints::npos) return text;
  Unescaper unescaper(depth);
  for (const char32_t c : text) unescaper.append(c);
  return unescaper.take();
}

}  // namespace sightline
