// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sightline {

/// Appends the shortest decimal form that reads back as the same float; "null" for NaN and infinities.
void append_float(std::string& out, float value);
/// The same for a double.
void append_double(std::string& out, double value);

/// Appends `text` as a quoted JSON string. Control characters, U+0085, U+2028 and U+2029 are escaped, because
/// some readers treat them as line ends. Invalid UTF-8 becomes U+FFFD; callers that must not lose bytes check
/// `is_utf8` first.
void append_json_string(std::string& out, std::string_view text);

/// Whether `text` is valid UTF-8 (no overlong forms, no surrogates, nothing above U+10FFFF).
bool is_utf8(std::string_view text);

/// The length in bytes of the well-formed UTF-8 sequence at the start of `text`, or 0 if there is none.
int utf8_sequence_length(std::string_view text);

/// Appends `bytes` in standard base64 with padding.
void append_base64(std::string& out, std::string_view bytes);
/// The bytes of standard base64 with padding, or nothing if `text` has another character, wrong padding or
/// unused bits that are set.
std::optional<std::string> decode_base64(std::string_view text);

/// Returns `text` in a form that is safe on one line of a terminal: control bytes and invalid UTF-8 become
/// \xNN, a newline becomes \n, and the result is truncated to 512 bytes.
std::string printable(std::string_view text);

}  // namespace sightline
