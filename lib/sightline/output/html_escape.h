// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace sightline {

/// Appends `text` for the content of an HTML element or a quoted attribute: the characters & < > " ' are
/// character references. What would be invisible or would change the order of its surroundings is visible:
/// bytes that are not UTF-8 and control characters as \xNN, \n or \t; bidirectional controls, line separators
/// and noncharacters as \uNNNN. The text itself is unchanged, so right-to-left scripts need a `bdi` element.
void append_html_text(std::string& out, std::string_view text);

/// Appends the bytes of a path for a link: everything is percent-encoded except letters, digits and `-._~/`,
/// so that the result contains no scheme, query or fragment and needs no other escaping.
void append_url_path(std::string& out, std::string_view path);

}  // namespace sightline
