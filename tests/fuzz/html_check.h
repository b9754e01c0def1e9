// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include "sightline/base/format.h"
#include "sightline/output/html_escape.h"

/// What must hold for the escaping of any bytes, for a fuzz target and a test.
namespace sightline::testing {

/// The byte that "&lt;", "%3C", ... at the start of `text` stands for, and how long that is; 0 if it is none.
struct Reference {
  char byte = 0;
  std::size_t size = 0;
};
inline Reference html_reference(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, char>, 5> kReferences = {
      {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#39;", '\''}}};
  for (const auto& [name, byte] : kReferences) {
    if (text.starts_with(name)) return {byte, name.size()};
  }
  return {};
}

/// Returns what is wrong with `html`, the escaped form of `text`; "" if nothing is.
inline std::string html_problem(std::string_view text, std::string_view html) {
  if (!is_utf8(html)) return "is not UTF-8";
  std::string plain;
  for (std::size_t i = 0; i < html.size();) {
    const char c = html[i];
    if (c == '<' || c == '>' || c == '"' || c == '\'') return "has a character of markup";
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7F) return "has a control character";
    const Reference reference = html_reference(html.substr(i));
    if (c == '&' && reference.size == 0) return "has an unknown character reference";
    plain += reference.size == 0 ? c : reference.byte;
    i += reference.size == 0 ? 1 : reference.size;
  }
  // Bidirectional controls, line separators, noncharacters, C1 controls.
  for (const std::string_view hidden :
       {"\u061C", "\u200E", "\u200F", "\u2028", "\u2029", "\u202A", "\u202B", "\u202C", "\u202D", "\u202E",
        "\u2066", "\u2067", "\u2068", "\u2069", "\uFEFF", "\uFFFE", "\uFFFF", "\u0085", "\u009B"}) {
    if (html.find(hidden) != std::string_view::npos) return "has a hidden character";
  }
  // Printable ASCII survives, in order; everything else may only be replaced by escapes.
  std::size_t at = 0;
  for (const char c : text) {
    if (c < ' ' || c == 0x7F) continue;
    at = plain.find(c, at);
    if (at == std::string::npos) return "has lost a character";
    ++at;
  }
  return "";
}

inline std::string url_problem(std::string_view path, std::string_view url) {
  std::string plain;
  for (std::size_t i = 0; i < url.size(); ++i) {
    const char c = url[i];
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (c == '%' && i + 2 < url.size()) {
      const std::string digits(url.substr(i + 1, 2));
      plain += static_cast<char>(std::strtol(digits.c_str(), nullptr, 16));
      i += 2;
    } else if (letter || std::string_view("-._~/").find(c) != std::string_view::npos) {
      plain += c;
    } else {
      return "has a character that is not plain";
    }
  }
  return plain == path ? "" : "is another path";
}

/// Stops at the first problem.
inline std::string escaping_problem(std::string_view bytes) {
  std::string html, url;
  append_html_text(html, bytes);
  append_url_path(url, bytes);
  const std::string problem = html_problem(bytes, html);
  return problem.empty() ? url_problem(bytes, url) : problem;
}

}  // namespace sightline::testing
