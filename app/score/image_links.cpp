// SPDX-License-Identifier: Apache-2.0
#include "score/image_links.h"

#include <sys/stat.h>

#include <algorithm>
#include <system_error>

#include "cli/options.h"
#include "sightline/output/html_escape.h"

namespace sightline::app {
namespace {

/// Without ".." and ".", because a browser resolves these lexically: after a symbolic link, ".." is the
/// parent of what it points to.
std::filesystem::path absolute_path(const std::string& path) {
  std::error_code error;
  std::filesystem::path whole = std::filesystem::absolute(path, error);
  if (!error && std::find(whole.begin(), whole.end(), "..") != whole.end())
    whole = std::filesystem::canonical(whole.parent_path(), error) / whole.filename();
  return error ? std::filesystem::path() : whole.lexically_normal();
}

bool is_regular_file(const std::string& path) {
  struct stat status = {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

}  // namespace

ImageLinks::ImageLinks(const std::string& output) {
  if (!is_stdout(output) && !output.starts_with("/dev/")) folder_ = absolute_path(output).parent_path();
}

std::string ImageLinks::link(const std::string& path) const {
  if (path == "-" || !is_regular_file(path)) return "";
  const std::filesystem::path whole = absolute_path(path);
  const std::filesystem::path relative = folder_.empty() ? "" : whole.lexically_relative(folder_);
  // "./" keeps a name such as "javascript:..." from being a scheme even if a browser decoded the escapes.
  std::string link = relative.empty() ? "file://" : relative.native().starts_with("../") ? "" : "./";
  append_url_path(link, relative.empty() ? whole.native() : relative.native());
  return whole.empty() ? "" : link;
}

}  // namespace sightline::app
