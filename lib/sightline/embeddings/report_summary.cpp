// SPDX-License-Identifier: Apache-2.0
#include "sightline/embeddings/report_summary.h"

#include <algorithm>

#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/containers/json.h"

namespace sightline {

ReportSummary::Member& ReportSummary::member(std::string_view key) {
  const auto found =
      std::find_if(members_.begin(), members_.end(), [&](const Member& member) { return member.key == key; });
  if (found != members_.end()) return *found;
  return members_.emplace_back(Member{std::string(key), std::nullopt, ""});
}

void ReportSummary::add(std::string_view line, const std::string& place) {
  try {
    const JsonDocument document(line, place);
    const std::string_view text = member_text(line, "summary");
    document.root().at("summary").for_each_member([&](std::string_view key, const Json& value) {
      Member& known = member(key);
      if (value.is_integer()) {
        std::int64_t sum = 0;
        if (__builtin_add_overflow(known.number.value_or(0), value.as_integer(), &sum))
          fail(ErrorCode::range, value.path(), "is too large");
        known.number = sum;
      } else if (known.text.empty()) {
        known.text = member_text(text, key);
      }
    });
  } catch (const Error& error) {
    throw Error(ErrorCode::header, error.subject(), error.problem());
  }
}

std::optional<std::int64_t> ReportSummary::number(std::string_view key) const {
  for (const Member& member : members_) {
    if (member.key == key) return member.number;
  }
  return std::nullopt;
}

std::string ReportSummary::text() const {
  std::string line = "{\"summary\":{";
  for (const Member& member : members_) {
    if (!line.ends_with('{')) line += ',';
    append_json_string(line, member.key);
    line += ':';
    line += member.number ? std::to_string(*member.number) : member.text;
  }
  return line + "}}\n";
}

}  // namespace sightline
