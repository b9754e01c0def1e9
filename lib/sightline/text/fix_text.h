// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sightline/text/unicode.h"

namespace sightline {

/// Cleans a text as ftfy 6.3.1's fix_text does, which OpenAI's and OpenCLIP's tokenizers call: character
/// references that end in a semicolon, C1 controls read as windows-1252, Latin ligatures, full and half
/// width, curly quotes, line ends, ANSI escapes, controls, and NFC, again until nothing changes. The repair
/// of text that was decoded wrongly (fix_encoding) is left out, and UTF-8 has no surrogates to join. A line
/// with a '<' and all lines after it keep their references. Linear in the length of the text.
CodePoints fix_text(CodePoints text);

}  // namespace sightline
