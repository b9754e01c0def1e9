// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cli/console.h"

namespace sightline::app {

/// Number of files by extension: ".svg" -> 3.
using ExtensionCounts = std::map<std::string, std::int64_t>;

/// A folder or tar archive as given, and the images in it that this build does not read.
struct UnsupportedImages {
  std::string folder;
  ExtensionCounts counts;
};

/// Called for each folder or archive with such images.
using OnUnsupportedImages = std::function<void(const UnsupportedImages& folder)>;

/// Prints "skipped unsupported images in photos/: 3 .svg, 2 .psd" on stderr for each one with such images,
/// unless quiet.
void note_unsupported_images(const ConsoleOptions& console, const std::vector<UnsupportedImages>& folders);

/// The same for a folder that is walked during the run; adds its counts to `total`.
void add_unsupported_images(const ConsoleOptions& console, const UnsupportedImages& folder,
                            ExtensionCounts& total);

/// {".svg":3,".psd":2}: totals over all folders, the largest count first, then by extension.
std::string unsupported_images_json(const std::vector<UnsupportedImages>& folders);

}  // namespace sightline::app
