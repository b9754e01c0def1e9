// SPDX-License-Identifier: Apache-2.0
#include "batch/unsupported_images.h"

#include <algorithm>

#include "sightline/base/format.h"

namespace sightline::app {
namespace {

/// The largest count first, then by extension.
std::vector<std::pair<std::string, std::int64_t>> by_count(const ExtensionCounts& counts) {
  std::vector<std::pair<std::string, std::int64_t>> sorted(counts.begin(), counts.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  return sorted;
}

}  // namespace

void note_unsupported_images(const ConsoleOptions& console, const std::vector<UnsupportedImages>& folders) {
  for (const UnsupportedImages& folder : folders) {
    if (folder.counts.empty()) continue;
    const std::string name = folder.folder == "-" ? "standard input" : printable(folder.folder);
    std::string line = "skipped unsupported images in " + name + ":";
    std::string_view separator = " ";
    for (const auto& [extension, count] : by_count(folder.counts)) {
      line.append(separator).append(std::to_string(count)).append(" ").append(extension);
      separator = ", ";
    }
    note(console, line);
  }
}

void add_unsupported_images(const ConsoleOptions& console, const UnsupportedImages& folder,
                            ExtensionCounts& total) {
  note_unsupported_images(console, {folder});
  for (const auto& [extension, count] : folder.counts) total[extension] += count;
}

std::string unsupported_images_json(const std::vector<UnsupportedImages>& folders) {
  ExtensionCounts total;
  for (const UnsupportedImages& folder : folders) {
    for (const auto& [extension, count] : folder.counts) total[extension] += count;
  }
  std::string json = "{";
  for (const auto& [extension, count] : by_count(total)) {
    if (json.size() > 1) json += ',';
    append_json_string(json, extension);
    json.append(":").append(std::to_string(count));
  }
  return json + "}";
}

}  // namespace sightline::app
