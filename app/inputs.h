// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "folder_walk.h"

namespace sightline::app {

/// Which pictures, as the command line says.
struct InputOptions {
  std::vector<std::string> images;  ///< files, folders, "-"
  std::string list;                 ///< --files-from; "-" is stdin
  bool null_separated = false;      ///< of the list
  WalkOptions walk;                 ///< of folders
};

bool has_images(const InputOptions& options);

/// The inputs of a run.
struct ImagePaths {
  std::vector<std::string> paths;
  std::vector<PassedOver> passed_over;  ///< of each folder that was walked
};

/// The paths of all images in order: arguments, then the list, as given; folders of either are walked
/// (paths below one sorted bytewise). A file that is not there stays in, and so does a folder that cannot be
/// listed to its end: they fail when their turn comes, as one item. Errors: usage (patterns); missing, io,
/// limit of the list.
ImagePaths gather_images(const InputOptions& options);

/// What read_image says of a list of paths that stands where an image is expected.
inline constexpr std::string_view kListAsImage = "is a list of paths, expected the bytes of one image";

/// The bytes of one image; "-" is stdin. Errors: those of read_file; limit above 256 MiB; unsupported for a
/// tar of any size; magic for a list of paths, of stdin or
/// not named as an image.
std::vector<std::byte> read_image(const std::string& path);

/// Reads a list or captions file, or a pipe such as <(command); "-" is stdin. Errors: Failure of
/// Stage::inputs, or Stage::streams for stdin.
std::string read_text_file(const std::string& path);

}  // namespace sightline::app
