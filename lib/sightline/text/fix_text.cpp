// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/fix_text.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "sightline/text/fix_characters.h"
#include "sightline/text/fix_entities.h"
#include "sightline/text/normalization.h"

namespace sightline {
namespace {

constexpr std::size_t kMaxSegment = 1'000'000;  // TextFixerConfig.max_decode_length
constexpr char32_t kEscape = 0x1B;

// Printable ASCII without references, spaces, and Latin-1: what no step changes.
bool is_clean(const CodePoints& text) {
  return std::all_of(text.begin(), text.end(), [](char32_t c) {
    return (c >= U' ' && c <= U'~' && c != U'&') || (c >= 0xA0 && c <= 0x131) || c == U'\n' || c == U'\t';
  });
}

CodePoints fixed_characters(const CodePoints& text) {
  CodePoints out;
  out.reserve(text.size());
  for (const char32_t c : text) append_fixed_character(out, c);
  return out;
}

bool is_line_break(char32_t c) { return c == U'\r' || c == 0x2028 || c == 0x2029; }

CodePoints with_unix_line_ends(const CodePoints& text) {
  CodePoints out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == U'\n' && i > 0 && text[i - 1] == U'\r') continue;
    out += is_line_break(text[i]) ? U'\n' : text[i];
  }
  return out;
}

// The length of an escape sequence at the start of `text`, or 0: ESC, '[', digits and semicolons, a letter.
std::size_t escape_length(std::u32string_view text) {
  if (!text.starts_with(U"\033[")) return 0;
  std::size_t i = 2;
  while (i < text.size() && ((text[i] >= U'0' && text[i] <= U'9') || text[i] == U';')) ++i;
  const bool letter =
      i < text.size() && ((text[i] >= U'a' && text[i] <= U'z') || (text[i] >= U'A' && text[i] <= U'Z'));
  return letter ? i + 1 : 0;
}

CodePoints without_escapes(CodePoints text) {
  if (text.find(kEscape) == CodePoints::npos) return text;
  CodePoints out;
  std::u32string_view rest = text;
  while (!rest.empty()) {
    const std::size_t length = escape_length(rest);
    if (length == 0) out += rest.front();
    rest.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

// One line. ftfy repeats all steps until nothing changes, which takes a pass for each level of nested
// references; the second pass here replaces all levels. The first must not, because references may become
// part of an escape sequence, of which none is left after it.
CodePoints fix_segment(CodePoints text, bool unescape) {
  for (Unescape depth = Unescape::once;; depth = Unescape::nested) {
    CodePoints fixed = unescape ? unescape_entities(text, depth) : text;
    fixed = without_escapes(with_unix_line_ends(fixed_characters(fixed)));
    std::erase_if(fixed, is_deleted_control);
    fixed = normalize_nfc(std::move(fixed));
    if (fixed == text) return text;
    text = std::move(fixed);
  }
}

}  // namespace

CodePoints fix_text(CodePoints text) {
  if (is_clean(text)) return text;
  CodePoints out;
  bool unescape = true;
  for (std::size_t begin = 0, end = 0; begin < text.size(); begin = end) {
    end = std::min(text.find(U'\n', begin), text.size() - 1) + 1;
    end = std::min(end, begin + kMaxSegment);
    CodePoints segment = text.substr(begin, end - begin);
    unescape = unescape && segment.find(U'<') == CodePoints::npos;
    out += fix_segment(std::move(segment), unescape);
  }
  return out;
}

}  // namespace sightline
