// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace sightline::app {

/// The patterns of `--exclude`, for `fnmatch`; `*` does not match `/`. A pattern that ends in `/` applies to
/// folders only.
class ExcludePatterns {
 public:
  explicit ExcludePatterns(const std::vector<std::string>& patterns);

  bool empty() const { return patterns_.empty(); }
  /// Whether a pattern matches the name of a file or folder, or its path below the walked folder.
  bool matches(const std::string& name, const std::string& below, bool is_folder) const;
  /// Whether a pattern matches a file below a folder, or any of the folders in its path.
  bool matches_path(const std::string& below) const;

 private:
  struct Pattern {
    std::string text;
    bool folders_only;
  };
  std::vector<Pattern> patterns_;
};

/// Refuses patterns that cannot match any name or path below a folder: "", "/x", "./x". Errors: usage.
void check_exclude(const std::vector<std::string>& patterns);

}  // namespace sightline::app
