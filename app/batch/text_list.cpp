// SPDX-License-Identifier: Apache-2.0
#include "batch/text_list.h"

#include "batch/line_reader.h"

namespace sightline::app {

std::vector<ListLine> read_list(const std::string& path) {
  LineReader reader(path, {.kind = ListKind::texts, .max_bytes = kMaxListBytes});
  std::vector<ListLine> lines;
  for (std::string_view line; reader.next(line);) lines.push_back({std::string(line), reader.number()});
  return lines;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r";
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return "";
  return text.substr(begin, text.find_last_not_of(kBlanks) + 1 - begin);
}

}  // namespace sightline::app
