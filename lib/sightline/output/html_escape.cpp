// SPDX-License-Identifier: Apache-2.0
#include "sightline/output/html_escape.h"

#include <array>
#include <cstdint>
#include <cstdio>

#include "sightline/base/format.h"

namespace sightline {
namespace {

/// The code point of a well-formed sequence.
std::uint32_t code_point(std::string_view sequence) {
  const auto first = static_cast<unsigned char>(sequence.front());
  if (sequence.size() == 1) return first;
  std::uint32_t value = first & (0x7FU >> sequence.size());
  for (const char c : sequence.substr(1)) value = value << 6 | (static_cast<unsigned char>(c) & 0x3FU);
  return value;
}

/// Whether a character is invisible or has an effect on others: Unicode's Bidi_Control, separators of lines
/// and paragraphs, the byte order mark, interlinear annotations, tags, and noncharacters.
bool is_hidden(std::uint32_t c) {
  return c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x2028 && c <= 0x202E) ||
         (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB) ||
         (c >= 0xFDD0 && c <= 0xFDEF) || (c & 0xFFFE) == 0xFFFE || (c >= 0xE0000 && c <= 0xE007F);
}

void append_code(std::string& out, const char* format, std::uint32_t value) {
  std::array<char, 16> text;
  const int size = std::snprintf(text.data(), text.size(), format, static_cast<unsigned>(value));
  out.append(text.data(), static_cast<std::size_t>(size));
}

void append_ascii(std::string& out, char c) {
  switch (c) {
    case '&':
      out += "&amp;";
      break;
    case '<':
      out += "&lt;";
      break;
    case '>':
      out += "&gt;";
      break;
    case '"':
      out += "&quot;";
      break;
    case '\'':
      out += "&#39;";
      break;
    case '\n':
      out += "\\n";
      break;
    case '\t':
      out += "\\t";
      break;
    default:
      if (c >= ' ' && c != 0x7F) {
        out += c;
      } else {
        append_code(out, "\\x%02X", static_cast<unsigned char>(c));
      }
  }
}

}  // namespace

void append_html_text(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const int length = utf8_sequence_length(text);
    const std::string_view sequence = text.substr(0, length == 0 ? 1 : static_cast<std::size_t>(length));
    text.remove_prefix(sequence.size());
    const std::uint32_t c = code_point(sequence);
    if (length == 1) {
      append_ascii(out, sequence.front());
    } else if (length == 0 || c < 0xA0) {  // a C1 control character is shown as its number
      append_code(out, "\\x%02X", length == 0 ? static_cast<unsigned char>(sequence.front()) : c);
    } else if (is_hidden(c)) {
      append_code(out, c > 0xFFFF ? "\\U%08X" : "\\u%04X", c);
    } else {
      out += sequence;
    }
  }
}

void append_url_path(std::string& out, std::string_view path) {
  constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
  for (const char c : path) {
    if (kPlain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      append_code(out, "%%%02X", static_cast<unsigned char>(c));
    }
  }
}

}  // namespace sightline
