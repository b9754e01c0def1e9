// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "batch/folder_walk.h"
#include "batch/line_reader.h"
#include "sightline/containers/byte_stream.h"
#include "sightline/files/file.h"

namespace sightline::app {

/// The images given on the command line.
struct InputOptions {
  std::vector<std::string> images;  ///< files, folders, "-"
  std::string list;                 ///< --files-from; "-" is stdin
  bool null_separated = false;      ///< entries of the list
  WalkOptions walk;                 ///< options for folders
};

bool has_images(const InputOptions& options);
/// How the entries of the list end, and how long they may be.
LineRules path_rules(const InputOptions& options);

/// The inputs of a run.
struct ImagePaths {
  std::vector<std::string> paths;
  std::set<std::string> archives;              ///< the paths that are tar archives
  std::vector<UnsupportedImages> unsupported;  ///< for each folder that was walked
};

/// How a list that arrives little by little (`is_stream`) is read.
enum class Streams {
  gather,  ///< it is read to its end first
  leave,   ///< it is left to a StreamSource
};
/// Whether a run with these options has a StreamSource.
bool has_stream(const InputOptions& options, Streams streams);

/// Returns the paths of all images in order: the arguments, then the list, unless it is left to a
/// StreamSource. Folders in both are walked; the paths below a folder are sorted bytewise. A missing file and
/// a folder that cannot be listed completely are kept, and fail later as one item each. Files given as
/// arguments are tar archives if they begin like one, others as `is_archive` says. Errors: usage (patterns);
/// missing, io, limit for the list.
ImagePaths gather_images(const InputOptions& options, Streams streams = Streams::gather);

/// Whether a file of a list or folder is a tar archive. Only files without the extension of an image are
/// opened. Folders give such files only with `WalkOptions::archives`.
bool is_archive(const std::string& path);

/// Adds a file, or all images below a folder, in the order of `gather_images`.
void add_images(const std::string& path, const WalkOptions& walk, ImagePaths& to);

/// The stamp of the file of an input; nothing for stdin.
std::optional<FileStamp> stamp_of_input(const std::string& path);
/// The message of read_image for a list of paths that was given as an image.
inline constexpr std::string_view kListAsImage = "is a list of paths, expected an image";

/// Reads the bytes of one image; "-" is stdin. Errors: those of read_file; limit above 256 MiB; magic for a
/// list of paths on stdin or in a file without an image extension. `stamp`: as for `read_input`.
std::vector<std::byte> read_image(const std::string& path, std::optional<FileStamp>* stamp = nullptr);
/// The same for an image on stdin whose beginning has been inspected.
std::vector<std::byte> read_stdin_image(BufferedStream& stream);
inline constexpr std::int64_t kMaxImageBytes = 256LL << 20;

}  // namespace sightline::app
