// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sightline::app {

/// One line of a list, without the line ending (LF or CRLF).
struct ListLine {
  std::string text;
  std::int64_t number;  ///< starting at 1
};

/// Reads the lines of a captions file or a label list; "-" is stdin. The last line needs no newline, and a
/// UTF-8 byte order mark at the start is ignored. Errors: Failure of Stage::inputs: header, with the line,
/// for a NUL byte or a UTF-16 byte order mark, and those of `read_text_file`.
std::vector<ListLine> read_list(const std::string& path);

inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

enum class ListKind { texts, paths };

/// Errors: Failure of Stage::inputs (header) if the list begins with a UTF-16 byte order mark.
void refuse_utf16(std::string_view text, const std::string& path, ListKind what);
/// Throws the Failure of Stage::inputs (header) for a list whose line `number` has a NUL byte.
[[noreturn]] void fail_null_byte(const std::string& path, std::int64_t number, ListKind what);

/// Checks one line of a list that is read line by line. Errors: Failure of Stage::inputs: header, as
/// `read_list`.
void require_text_line(std::string_view line, std::int64_t number, const std::string& name, ListKind what);

/// Removes leading and trailing spaces, tabs and carriage returns.
std::string_view trim(std::string_view text);

}  // namespace sightline::app
