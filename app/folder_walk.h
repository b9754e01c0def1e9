// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "image_endings.h"
#include "passed_over.h"

namespace sightline::app {

/// What of a folder is looked at.
struct WalkOptions {
  bool follow_links = false;         ///< into symlinked folders, each folder once
  bool hidden = false;               ///< names that begin with a dot too
  std::vector<std::string> exclude;  ///< patterns of fnmatch, `*` not matching `/`
};

/// What was found below a folder.
struct WalkedFolder {
  std::vector<std::string> images;  ///< sorted bytewise, each beginning with the folder's name as given
  EndingCounts passed_over;         ///< images that this build does not read; hidden or excluded ones are not
                                    ///< counted
};

/// Refuses a pattern that no name and no path below a folder can match: "", "/x", "./x". Errors: usage.
void check_exclude(const std::vector<std::string>& patterns);

/// All images below `folder`. A file whose name or whose path below `folder` matches a pattern is left out,
/// and so is such a folder with all below it; a pattern that ends in `/` concerns folders only. A folder that
/// cannot be listed to its end stands among the images, and so does a link that leads nowhere: they fail as
/// items.
WalkedFolder walk_folder(const std::string& folder, const WalkOptions& options, const ImageEndings& endings);

}  // namespace sightline::app
