#pragma once

#include <string>
#include <vector>

namespace sightline::app {

/// Which pictures, as the command line says.
struct InputOptions {
  std::vector<std::string> images;  ///< files, folders, "-"
  std::string list;                 ///< --files-from; "-" is stdin
  bool null_separated = false;      ///< of the list
  bool follow_links = false;        ///< into symlinked folders
};

bool has_images(const InputOptions& options);

/// The paths of all pictures in order: arguments, then the list, as given; folders of either are walked
/// (paths below one sorted bytewise). A file that is not there stays in, and so does a folder that cannot be
/// listed to its end: they fail when their turn comes, as one item. Errors: usage (tar shards); missing, io,
/// limit of the list.
std::vector<std::string> gather_images(const InputOptions& options);

/// The bytes of one picture; "-" is stdin. Errors: those of read_file; limit above 256 MiB.
std::vector<std::byte> read_image(const std::string& path);

/// Lines of a text without their ends (LF or CRLF), a last one without newline too.
std::vector<std::string> split_lines(std::string_view text);

/// Reads a list or captions file, or a pipe such as <(command); "-" is stdin. Errors: Failure of
/// Stage::inputs, or Stage::streams for stdin.
std::string read_text_file(const std::string& path);

}  // namespace sightline::app
