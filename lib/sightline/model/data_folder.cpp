// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/data_folder.h"

#include <atomic>
#include <cstdlib>
#include <mutex>

#include "sightline/base/error.h"
#include "sightline/model/installation.h"

namespace sightline {
namespace {

namespace fs = std::filesystem;

constexpr const char* kVariable = "SIGHTLINE_DATA";

struct ChosenFolder {
  std::mutex mutex;
  fs::path folder;
};

ChosenFolder& chosen_folder() {
  static ChosenFolder instance;
  return instance;
}

std::atomic<const char*> installed_header = nullptr;

/// The folder set by the program or the environment; empty if neither sets one.
fs::path requested_folder() {
  {
    const std::lock_guard lock(chosen_folder().mutex);
    if (!chosen_folder().folder.empty()) return chosen_folder().folder;
  }
  const char* variable = std::getenv(kVariable);
  return variable == nullptr ? "" : variable;
}

bool holds_data(const fs::path& folder) {
  std::error_code ignored;
  return fs::is_directory(folder / "vocab", ignored);
}

/// <prefix>/include/sightline/sightline.h -> <prefix>/share/sightline; in a checkout, `data` next to `lib`.
fs::path folder_of_installation() {
  const char* header = installed_header;
  if (header == nullptr || !fs::path(header).is_absolute()) return {};
  const fs::path prefix = fs::path(header).lexically_normal().parent_path().parent_path().parent_path();
  for (const char* relative : {"share/sightline", "data"}) {
    if (holds_data(prefix / relative)) return prefix / relative;
  }
  return {};
}

}  // namespace

fs::path data_folder() {
  if (fs::path requested = requested_folder(); !requested.empty()) {
    std::error_code ignored;
    if (!fs::is_directory(requested, ignored))
      fail(ErrorCode::missing, requested.string(), "is set as the data folder, but does not exist");
    return requested;
  }
  if (const std::string nearby = find_data_folder(); !nearby.empty()) return nearby;
  if (fs::path installed = folder_of_installation(); !installed.empty()) return installed;
  fail(ErrorCode::missing, "data",
       "no folder with vocab, templates and demo-model found near the executable in " + executable_folder() +
           " or in an installation; set $" + std::string(kVariable) + " to its path");
}

void set_data_folder(const fs::path& folder) {
  const std::lock_guard lock(chosen_folder().mutex);
  chosen_folder().folder = folder;
}

bool detail::register_installation(const char* header) {
  installed_header = header;
  return true;
}

}  // namespace sightline
