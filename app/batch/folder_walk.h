// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "batch/image_extensions.h"
#include "batch/unsupported_images.h"

namespace sightline::app {

/// Which files and folders a walk includes.
struct WalkOptions {
  bool follow_links = false;         ///< enter symbolic links to folders, each folder once
  bool hidden = false;               ///< include names that begin with a dot
  bool archives = false;             ///< include files with the extension of a tar archive
  std::vector<std::string> exclude;  ///< fnmatch patterns; `*` does not match `/`
};

/// The result of a folder walk.
struct WalkedFolder {
  std::vector<std::string> images;  ///< sorted bytewise; each begins with the folder's name as given
  ExtensionCounts unsupported;      ///< images that this build does not read; hidden or excluded ones are not
                                    ///< counted
};

/// Finds all images below `folder`. A file or folder whose name, or whose path below `folder`, matches a
/// pattern is excluded, a folder with its contents; a pattern that ends in `/` applies to folders only. A
/// folder that cannot be listed completely and a dangling link are included among the images, so that they
/// are reported as failed items.
WalkedFolder walk_folder(const std::string& folder, const WalkOptions& options,
                         const ImageExtensions& extensions);

}  // namespace sightline::app
