// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sightline {

/// A line of an index or a report whose first member is its number: {"row":5,"path":...}.
struct NumberedLine {
  std::optional<std::int64_t> number;  ///< empty if it is null
  std::string_view rest;               ///< after the number: ,"path":"a.jpg",...}
};

/// Reads the number without parsing the whole line. Errors: header, with `place`, if the line is not an
/// object whose first member is `key` with a number or null.
NumberedLine parse_numbered_line(std::string_view text, std::string_view key, const std::string& place);
/// Appends a line with another number and its line end.
void append_numbered_line(std::string& out, std::string_view key, std::optional<std::int64_t> number,
                          std::string_view rest);

}  // namespace sightline
