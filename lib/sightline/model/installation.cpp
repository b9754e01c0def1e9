// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/installation.h"

#include <filesystem>
#include <string_view>

#include "sightline/files/file.h"

namespace sightline {
namespace fs = std::filesystem;

std::string executable_folder() {
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  return error ? "." : self.parent_path().string();
}

std::string find_data_folder() {
  const std::string here = executable_folder();
  for (const std::string_view relative :
       {"/data", "/../data", "/../../data", "/../share/sightline", "/share/sightline"}) {
    std::string folder = here + std::string(relative);
    if (is_directory(folder + "/vocab")) {
      std::error_code error;
      const fs::path plain = fs::weakly_canonical(folder, error);
      return error ? folder : plain.string();
    }
  }
  return "";
}

}  // namespace sightline
