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

/// Reads the lines of a captions file or a label list; "-" is stdin. Errors: those of LineReader; limit above
/// 4 GiB.
std::vector<ListLine> read_list(const std::string& path);

/// Removes leading and trailing spaces, tabs and carriage returns.
std::string_view trim(std::string_view text);

}  // namespace sightline::app
