// SPDX-License-Identifier: Apache-2.0
#include "passed_over.h"

#include <algorithm>

#include "sightline/base/format.h"

namespace sightline::app {
namespace {

/// The largest count first, then by ending.
std::vector<std::pair<std::string, std::int64_t>> by_count(const EndingCounts& counts) {
  std::vector<std::pair<std::string, std::int64_t>> sorted(counts.begin(), counts.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  return sorted;
}

}  // namespace

void note_passed_over(const ConsoleOptions& console, const std::vector<PassedOver>& folders) {
  for (const PassedOver& folder : folders) {
    if (folder.counts.empty()) continue;
    std::string line = "passed over in " + printable(folder.folder) + ":";
    std::string_view separator = " ";
    for (const auto& [ending, count] : by_count(folder.counts)) {
      line.append(separator).append(std::to_string(count)).append(" ").append(ending);
      separator = ", ";
    }
    note(console, line);
  }
}

std::string passed_over_json(const std::vector<PassedOver>& folders) {
  EndingCounts total;
  for (const PassedOver& folder : folders) {
    for (const auto& [ending, count] : folder.counts) total[ending] += count;
  }
  std::string json = "{";
  for (const auto& [ending, count] : by_count(total)) {
    if (json.size() > 1) json += ',';
    append_json_string(json, ending);
    json.append(":").append(std::to_string(count));
  }
  return json + "}";
}

}  // namespace sightline::app
