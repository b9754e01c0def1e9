// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sightline/text/unicode.h"

namespace sightline {

/// Which references are replaced.
enum class Unescape {
  once,   ///< those of the text
  nested  ///< also those that the replacements result in, whose characters are replaced as ftfy does
};

/// Replaces the character references that end in a semicolon and are at most 24 characters long, also names
/// in capitals, whose text is then in capitals, too. Source: ftfy 6.3.1 fixes.unescape_html.
CodePoints unescape_entities(const CodePoints& text, Unescape depth);

}  // namespace sightline
