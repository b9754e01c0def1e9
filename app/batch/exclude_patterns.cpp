// SPDX-License-Identifier: Apache-2.0
#include "batch/exclude_patterns.h"

#include <fnmatch.h>

#include <algorithm>

#include "cli/failure.h"

namespace sightline::app {

ExcludePatterns::ExcludePatterns(const std::vector<std::string>& patterns) {
  for (std::string text : patterns) {
    const bool folders_only = text.ends_with('/');
    while (text.ends_with('/')) text.pop_back();
    patterns_.push_back({std::move(text), folders_only});
  }
}

bool ExcludePatterns::matches(const std::string& name, const std::string& below, bool is_folder) const {
  return std::any_of(patterns_.begin(), patterns_.end(), [&](const Pattern& pattern) {
    if (pattern.folders_only && !is_folder) return false;
    return ::fnmatch(pattern.text.c_str(), name.c_str(), FNM_PATHNAME) == 0 ||
           ::fnmatch(pattern.text.c_str(), below.c_str(), FNM_PATHNAME) == 0;
  });
}

bool ExcludePatterns::matches_path(const std::string& below) const {
  if (empty()) return false;
  for (std::size_t begin = 0, end = 0; end != std::string::npos; begin = end + 1) {
    end = below.find('/', begin);
    const bool is_folder = end != std::string::npos;
    const std::size_t size = is_folder ? end - begin : std::string::npos;
    if (matches(below.substr(begin, size), below.substr(0, end), is_folder)) return true;
  }
  return false;
}

void check_exclude(const std::vector<std::string>& patterns) {
  for (const std::string& pattern : patterns) {
    if (pattern.empty() || pattern.starts_with('/') || pattern.starts_with("./")) {
      fail_usage("--exclude '" + pattern + "' cannot match anything",
                 "patterns match names, or paths below the folder: --exclude thumbs, --exclude "
                 "'2019/*.png'");
    }
  }
}

}  // namespace sightline::app
