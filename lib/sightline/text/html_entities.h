// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace sightline {

/// A named character reference of HTML5, with its semicolon if the name has one, and its UTF-8 text.
struct HtmlEntity {
  std::string_view name, text;
};
/// All named references in bytewise order.
extern const std::span<const HtmlEntity> kHtmlEntities;

/// Replaces the character references in `text` as Python's html.unescape does.
void unescape_html(std::string_view text, std::string& out);

}  // namespace sightline
