// SPDX-License-Identifier: Apache-2.0
#include "sightline/embeddings/run_description.h"

#include <algorithm>

#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/containers/json.h"
#include "sightline/embeddings/journal.h"

namespace sightline {

void RunDescription::add(std::string_view key, std::string_view value) {
  entries_.push_back({std::string(key), std::string(value)});
}

std::string_view RunDescription::value_of(std::string_view key) const {
  const auto found =
      std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) { return entry.key == key; });
  return found == entries_.end() ? std::string_view() : found->value;
}

std::string RunDescription::json() const {
  std::string text = "{";
  for (const Entry& entry : entries_) {
    if (text.size() > 1) text += ',';
    append_json_string(text, entry.key);
    text += ':';
    append_json_string(text, entry.value);
  }
  return text + "}";
}

RunDescription parse_run_description(std::string_view json, std::string_view subject) {
  try {
    const JsonDocument document(json, subject, {.max_bytes = kMaxJournalDescription});
    RunDescription description;
    document.root().for_each_member(
        [&](std::string_view key, const Json& value) { description.add(key, value.as_string()); });
    return description;
  } catch (const Error& error) {
    throw Error(ErrorCode::header, error.subject(), error.problem());
  }
}

std::vector<RunDifference> differences(const RunDescription& earlier, const RunDescription& now) {
  std::vector<RunDifference> result;
  for (const auto& [key, value] : now.entries()) {
    const std::string_view old = earlier.value_of(key);
    if (old != value) result.push_back({key, std::string(old), value});
  }
  for (const auto& [key, value] : earlier.entries()) {
    const bool known = std::any_of(now.entries().begin(), now.entries().end(),
                                   [&, &name = key](const auto& entry) { return entry.key == name; });
    if (!known) result.push_back({key, value, ""});
  }
  return result;
}

}  // namespace sightline
