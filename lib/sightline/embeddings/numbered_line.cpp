// SPDX-License-Identifier: Apache-2.0
#include "sightline/embeddings/numbered_line.h"

#include <charconv>

#include "sightline/base/error.h"

namespace sightline {

NumberedLine parse_numbered_line(std::string_view text, std::string_view key, const std::string& place) {
  const std::string prefix = "{\"" + std::string(key) + "\":";
  const auto refuse = [&]() {
    fail(ErrorCode::header, place, "does not begin with " + prefix + " and a number");
  };
  if (!text.starts_with(prefix)) refuse();
  NumberedLine line;
  line.rest = text.substr(prefix.size());
  constexpr std::string_view kNull = "null";
  if (line.rest.starts_with(kNull)) {
    line.rest.remove_prefix(kNull.size());
  } else {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(line.rest.data(), line.rest.data() + line.rest.size(), number);
    if (error != std::errc() || number < 0) refuse();
    line.rest.remove_prefix(static_cast<std::size_t>(end - line.rest.data()));
    line.number = number;
  }
  if (!line.rest.starts_with(',') || !line.rest.ends_with('}')) refuse();
  return line;
}

void append_numbered_line(std::string& out, std::string_view key, std::optional<std::int64_t> number,
                          std::string_view rest) {
  out.append("{\"").append(key).append("\":");
  out += number ? std::to_string(*number) : std::string("null");
  out.append(rest).append("\n");
}

}  // namespace sightline
