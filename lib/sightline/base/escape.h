// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sightline {

struct Outcome;

/// The line end of CSV records (RFC 4180, section 2).
inline constexpr std::string_view kCsvLineEnd = "\r\n";
inline constexpr std::string_view kTsvLineEnd = "\n";

/// Appends a CSV field (RFC 4180): quoted if it contains a comma, a quote or a line end, with quotes doubled.
void append_csv_field(std::string& out, std::string_view text);
/// Appends a TSV field: backslash, tab, newline and carriage return become \\ \t \n \r; other bytes are
/// unchanged.
void append_tsv_field(std::string& out, std::string_view text);
/// Appends the text of a TSV field: the reverse of `append_tsv_field`. A backslash before any other character
/// is kept.
void append_tsv_text(std::string& out, std::string_view field);
/// Appends the whole `text` for one line of a terminal: control bytes and invalid UTF-8 become \xNN, a
/// newline becomes \n, a tab becomes \t.
void append_terminal_text(std::string& out, std::string_view text);
/// Appends `"key":"text"`, followed by `,"key_b64":"..."` with the exact bytes if the text is not UTF-8.
void append_json_label(std::string& out, std::string_view key, std::string_view text);
/// Appends `,"status":"skipped","class":"...","message":"..."`.
void append_json_failure(std::string& out, const Outcome& outcome);
/// Appends `,"warnings":["...",...]`.
void append_json_warnings(std::string& out, const Outcome& outcome);
/// The shortest decimal form that reads back as the same float; empty for NaN and infinities.
void append_field_float(std::string& out, float value);
/// A number with `decimals` digits after the point, right-aligned in `width` columns; "-" for NaN and
/// infinities.
void append_fixed(std::string& out, float value, int decimals, std::size_t width);

}  // namespace sightline
