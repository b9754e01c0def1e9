// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace sightline {

/// How a record of csv ends: RFC 4180, section 2.
inline constexpr std::string_view kCsvLineEnd = "\r\n";
inline constexpr std::string_view kTsvLineEnd = "\n";

/// Appends a field of csv: in quotes when it holds a comma, a quote or a line end, quotes doubled (RFC 4180).
void append_csv_field(std::string& out, std::string_view text);
/// Appends a field of tsv: backslash, tab, newline and carriage return become \\ \t \n \r; all else as it is.
void append_tsv_field(std::string& out, std::string_view text);
/// Appends `text` for one line of a terminal, whole: control bytes and what is not UTF-8 as \xNN, newline as
/// \n, tab as \t.
void append_terminal_text(std::string& out, std::string_view text);
/// Appends `"key":"text"`, and behind it `,"key_b64":"..."` with the bytes when the text is not UTF-8.
void append_json_label(std::string& out, std::string_view key, std::string_view text);
/// Appends `,"status":"skipped","class":"...","message":"..."`.
void append_json_failure(std::string& out, std::string_view error_class, std::string_view message);
/// The shortest decimal form that reads back to the same float; nothing for NaN and infinities.
void append_field_float(std::string& out, float value);

}  // namespace sightline
