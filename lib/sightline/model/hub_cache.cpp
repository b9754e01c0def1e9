// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/hub_cache.h"

#include <nss.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace sightline {
namespace {

std::string variable(const char* name, const std::string& fallback) {
  const char* value = std::getenv(name);
  return value == nullptr ? fallback : std::string(value);
}

/// Like os.path.join, except for absolute names, which no caller passes.
std::string joined(std::string folder, std::string_view name) {
  if (!folder.empty() && folder.back() != '/') folder += '/';
  return folder.append(name);
}

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::string expand_user(const std::string& path) {
  if (!path.starts_with('~')) return path;
  const std::size_t end = std::min(path.find('/'), path.size());
  const std::string user = path.substr(1, end - 1);
  const char* home = user.empty() ? std::getenv("HOME") : nullptr;
  if (home == nullptr) {
#ifdef SIGHTLINE_STATIC
    __nss_configure_lookup(
        "passwd", "files");  // other services need shared libraries, which a static program cannot load
#endif
    const passwd* entry = user.empty() ? ::getpwuid(::getuid()) : ::getpwnam(user.c_str());
    if (entry == nullptr) return path;
    home = entry->pw_dir;
  }
  std::string folder = home;
  while (folder.ends_with('/')) folder.pop_back();
  folder += path.substr(end);
  return folder.empty() ? "/" : folder;
}

/// Reads the variable reference at the dollar sign `path[at]` into `name` and returns its length; 0 if there
/// is none.
std::size_t parse_reference(const std::string& path, std::size_t at, std::string& name) {
  if (at + 1 < path.size() && path[at + 1] == '{') {
    const std::size_t close = path.find('}', at + 2);
    if (close == std::string::npos) return 0;
    name = path.substr(at + 2, close - at - 2);
    return close + 1 - at;
  }
  std::size_t end = at + 1;
  while (end < path.size() && is_name_character(path[end])) ++end;
  name = path.substr(at + 1, end - at - 1);
  return name.empty() ? 0 : end - at;
}

std::string expand_variables(const std::string& path) {
  std::string out, name;
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t length = path[at] == '$' ? parse_reference(path, at, name) : 0;
    const char* value = length > 0 && !name.empty() ? std::getenv(name.c_str()) : nullptr;
    if (value != nullptr) {
      out += value;
    } else {
      out.append(path, at, std::max<std::size_t>(length, 1));
    }
    at += std::max<std::size_t>(length, 1);
  }
  return out;
}

}  // namespace

std::string expand_path(const std::string& path) { return expand_variables(expand_user(path)); }

// Source: huggingface_hub/constants.py.
std::string hub_cache_folder() {
  const std::string cache = variable("XDG_CACHE_HOME", joined(expand_user("~"), ".cache"));
  const std::string home = expand_path(variable("HF_HOME", joined(cache, "huggingface")));
  const std::string older = variable("HUGGINGFACE_HUB_CACHE", joined(home, "hub"));
  return expand_path(variable("HF_HUB_CACHE", older));
}

}  // namespace sightline
