// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <string>

#include "support/temp_folder.h"

namespace sightline::testing {

/// The folder that the documentation assumes: it contains `cat.jpg`, and every preset is the demo model.
/// During its lifetime it is the current folder and the Hugging Face cache.
class PresetFolder {
 public:
  PresetFolder() : before_(std::filesystem::current_path()) {
    namespace fs = std::filesystem;
    const fs::path data = SIGHTLINE_DATA_DIR;
    fs::copy_file(data / "images" / "cat.png", folder_ / "cat.jpg");
    for (const char* preset : {"clip-vit-base-patch16", "clip-vit-base-patch32"}) {
      const fs::path model = folder_ / (std::string("cache/models--openai--") + preset);
      fs::create_directories(model / "snapshots");
      fs::create_directory_symlink(data / "demo-model", model / "snapshots" / "demo");
    }
    ::setenv("HF_HUB_CACHE", (folder_ / "cache").c_str(), 1);
    fs::current_path(folder_.path());
  }
  ~PresetFolder() {
    std::filesystem::current_path(before_);
    ::unsetenv("HF_HUB_CACHE");
  }
  PresetFolder(const PresetFolder&) = delete;
  PresetFolder& operator=(const PresetFolder&) = delete;

 private:
  TempFolder folder_;
  std::filesystem::path before_;
};

}  // namespace sightline::testing
