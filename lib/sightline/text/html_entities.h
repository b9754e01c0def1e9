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
/// The names in capitals that ftfy 6.3.1 adds to these, if their text differs from that of the name in lower
/// case.
extern const std::span<const HtmlEntity> kCapitalEntities;

/// The entry of a name in a sorted table, or null.
const HtmlEntity* find_html_entity(std::span<const HtmlEntity> table, std::string_view name);

/// The character with the code of a C1 control in windows-1252; any other character is returned unchanged.
char32_t windows_1252(char32_t c);

/// Replaces the character references in `text` as Python's html.unescape does.
void unescape_html(std::string_view text, std::string& out);

}  // namespace sightline
