// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sightline::app {

/// One line of a list, without its end (LF or CRLF).
struct ListLine {
  std::string text;
  std::int64_t number;  ///< from 1
};

enum class ListOf { texts, paths };

/// The lines of a captions file, a label list or a list of paths, "-" being stdin; a last line without
/// newline counts, and a UTF-8 byte order mark at the start is passed over. Errors: Failure of Stage::inputs:
/// header, with the line, for a NUL byte or a UTF-16 byte order mark, and those of `read_text_file`.
std::vector<ListLine> read_list(const std::string& path, ListOf what);

/// `text` without the spaces, tabs and carriage returns around it.
std::string_view without_blanks(std::string_view text);

}  // namespace sightline::app
