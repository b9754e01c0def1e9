// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace sightline {

/// Appends the shortest decimal form that reads back to the same float; "null" for NaN and infinities.
void append_float(std::string& out, float value);
/// The same for double.
void append_double(std::string& out, double value);

/// Appends `text` as a JSON string with its quotes. Control characters, U+0085, U+2028 and U+2029 are
/// escaped, so that no reader finds a line end in it; bytes that are not UTF-8 become U+FFFD (say `is_utf8`
/// first where that matters).
void append_json_string(std::string& out, std::string_view text);

/// Whether `text` is valid UTF-8 (no overlong forms, no surrogates, nothing above U+10FFFF).
bool is_utf8(std::string_view text);

/// Length in bytes of the well-formed UTF-8 sequence at the start of `text`, 0 when there is none.
int utf8_sequence_length(std::string_view text);

/// Appends standard base64 with padding.
void append_base64(std::string& out, std::string_view bytes);

/// `text` fit for one line of a terminal: control bytes and invalid UTF-8 as \xNN, newline as \n, cut to 512
/// bytes.
std::string printable(std::string_view text);

}  // namespace sightline
