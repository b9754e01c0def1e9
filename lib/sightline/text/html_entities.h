// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace sightline {

/// A named character reference of HTML5, with its semicolon where the name has one, and its UTF-8 text.
struct HtmlEntity {
  std::string_view name, text;
};
/// All of them, sorted bytewise by name.
extern const std::span<const HtmlEntity> kHtmlEntities;

/// `text` with its character references replaced, as Python's html.unescape does it.
void unescape_html(std::string_view text, std::string& out);

}  // namespace sightline
