// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

namespace sightline::app {

/// The links of a report to the files of its images.
class ImageLinks {
 public:
  /// `output`: the report. Its links are relative to its folder; those of a report on stdout are absolute.
  explicit ImageLinks(const std::string& output);

  /// An escaped URL, "./a.jpg" or "file:///a.jpg", which always names a file. Empty unless `path` is a
  /// regular file: stdin, members of archives and rows without a name have no link.
  std::string link(const std::string& path) const;

 private:
  std::filesystem::path folder_;  ///< absolute; empty: absolute links
};

}  // namespace sightline::app
