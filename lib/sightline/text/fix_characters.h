// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sightline/text/unicode.h"

namespace sightline {

/// Appends what ftfy replaces one character with, whatever stands around it: C1 controls by the characters of
/// windows-1252, Latin ligatures by letters, full and half width by normal width, and curly quotes by
/// straight ones. Source: ftfy 6.3.1, fixes.py and chardata.py.
void append_fixed_character(CodePoints& out, char32_t c);

/// The controls and invisible signs that ftfy deletes (chardata.py CONTROL_CHARS).
bool is_deleted_control(char32_t c);

}  // namespace sightline
