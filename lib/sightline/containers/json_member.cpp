// SPDX-License-Identifier: Apache-2.0
#include "sightline/containers/json.h"

#include <algorithm>

namespace sightline {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

std::size_t skip_blanks(std::string_view text, std::size_t at) {
  return std::min(text.find_first_not_of(kBlanks, at), text.size());
}

// The end of the string that begins at `at`.
std::size_t end_of_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return std::min(at + 1, text.size());
}

// The end of the value that begins at `at`: the next comma or closing bracket that is not inside it.
std::size_t end_of_value(std::string_view text, std::size_t at) {
  int depth = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      at = end_of_string(text, at);
      continue;
    }
    const bool closes = c == '}' || c == ']';
    if (depth == 0 && (closes || c == ',')) break;
    if (c == '{' || c == '[') ++depth;
    if (closes) --depth;
    ++at;
  }
  while (at > 0 && kBlanks.find(text[at - 1]) != std::string_view::npos) --at;
  return at;
}

}  // namespace

std::string_view member_text(std::string_view text, std::string_view key) {
  std::size_t at = skip_blanks(text, 0);
  if (at == text.size() || text[at] != '{') return {};
  for (at = skip_blanks(text, at + 1); at < text.size() && text[at] == '"';) {
    const std::size_t key_end = end_of_string(text, at);
    const std::string_view name = text.substr(at + 1, key_end - at - 2);
    const std::size_t begin = skip_blanks(text, skip_blanks(text, key_end) + 1);
    const std::size_t end = end_of_value(text, begin);
    if (name == key) return text.substr(begin, end - begin);
    at = skip_blanks(text, skip_blanks(text, end) + 1);
  }
  return {};
}

}  // namespace sightline
