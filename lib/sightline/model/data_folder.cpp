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

struct Chosen {
  std::mutex mutex;
  fs::path folder;
};

Chosen& chosen() {
  static Chosen instance;
  return instance;
}

std::atomic<const char*> installed_header = nullptr;

/// What the program or the environment asks for; empty when neither does.
fs::path requested_folder() {
  {
    const std::lock_guard lock(chosen().mutex);
    if (!chosen().folder.empty()) return chosen().folder;
  }
  const char* variable = std::getenv(kVariable);
  return variable == nullptr ? "" : variable;
}

bool holds_data(const fs::path& folder) {
  std::error_code ignored;
  return fs::is_directory(folder / "vocab", ignored);
}

/// <prefix>/include/sightline/sightline.h -> <prefix>/share/sightline; of a checkout, `data` beside `lib`.
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
  if (const fs::path requested = requested_folder(); !requested.empty()) {
    std::error_code ignored;
    if (!fs::is_directory(requested, ignored))
      fail(ErrorCode::missing, requested.string(), "is set as the data folder, and is not there");
    return requested;
  }
  if (const std::string beside = find_data_folder(); !beside.empty()) return beside;
  if (const fs::path installed = folder_of_installation(); !installed.empty()) return installed;
  fail(ErrorCode::missing, "data",
       "the folder with vocab, templates and demo-model is neither near the executable in " +
           executable_folder() + " nor in an installation; $" + std::string(kVariable) + " can name it");
}

void set_data_folder(const fs::path& folder) {
  const std::lock_guard lock(chosen().mutex);
  chosen().folder = folder;
}

bool detail::register_installation(const char* header) {
  installed_header = header;
  return true;
}

}  // namespace sightline
