// SPDX-License-Identifier: Apache-2.0
#include "batch/inputs.h"

#include <algorithm>

#include "batch/exclude_patterns.h"
#include "batch/line_reader.h"
#include "batch/tar_source.h"
#include "cli/failure.h"
#include "sightline/containers/tar_block.h"
#include "sightline/files/file.h"
#include "sightline/files/input_stream.h"

namespace sightline::app {
namespace {

constexpr std::size_t kMaxPathBytes = 1 << 20;

bool has_image_extension(const std::string& path) {
  return image_extensions().kind(extension_of(path)) != ExtensionKind::other;
}

/// Adds the archives among `to.paths` from `begin` on, which come from a list or folder.
void add_archives(std::size_t begin, ImagePaths& to) {
  for (std::size_t i = begin; i < to.paths.size(); ++i) {
    if (is_archive(to.paths[i])) to.archives.insert(to.paths[i]);
  }
}

void add_list(const InputOptions& options, ImagePaths& to) {
  LineRules rules = path_rules(options);
  rules.max_bytes = kMaxListBytes;
  LineReader list(options.list, rules);
  const std::size_t begin = to.paths.size();
  for (std::string_view path; list.next(path);) {
    if (!path.empty()) add_images(std::string(path), options.walk, to);
  }
  add_archives(begin, to);
}

/// Whether the first line, or the text before the first NUL, is the name of an existing file.
bool is_list_of_paths(std::string_view text) {
  constexpr std::size_t kMaxPath = 4096;
  const std::string_view head = text.substr(0, kMaxPath);
  std::string_view line = head.substr(0, head.find_first_of(std::string_view("\n\0", 2)));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return !line.empty() && line.size() < head.size() && file_exists(std::string(line));
}

/// Errors: magic if the file has no image extension and its bytes are a list of paths.
void refuse_list(const std::string& path, const std::vector<std::byte>& bytes) {
  if (path != "-" && has_image_extension(path)) return;
  if (has_tar_magic(bytes) || has_tar_checksum(bytes)) return;
  if (is_list_of_paths(as_text(bytes))) fail(ErrorCode::magic, path, kListAsImage);
}

}  // namespace

bool has_images(const InputOptions& options) { return !options.images.empty() || !options.list.empty(); }

LineRules path_rules(const InputOptions& options) {
  return {ListKind::paths, options.null_separated, kMaxPathBytes};
}

bool has_stream(const InputOptions& options, Streams streams) {
  return streams == Streams::leave && is_stream(options.list);
}

bool is_archive(const std::string& path) {
  return path != "-" && !has_image_extension(path) && is_tar_file(path);
}

void add_images(const std::string& path, const WalkOptions& walk, ImagePaths& to) {
  if (path == "-" || !is_directory(path)) {
    to.paths.push_back(path);
    return;
  }
  WalkedFolder walked = walk_folder(path, walk, image_extensions());
  to.paths.insert(to.paths.end(), std::make_move_iterator(walked.images.begin()),
                  std::make_move_iterator(walked.images.end()));
  if (!walked.unsupported.empty()) to.unsupported.push_back({path, std::move(walked.unsupported)});
}

ImagePaths gather_images(const InputOptions& options, Streams streams) {
  check_exclude(options.walk.exclude);
  ImagePaths images;
  for (const std::string& path : options.images) {
    const std::size_t begin = images.paths.size();
    add_images(path, options.walk, images);
    const bool is_file = images.paths.size() == begin + 1 && images.paths[begin] == path && path != "-";
    if (is_file && is_tar_file(path)) images.archives.insert(path);
    if (!is_file) add_archives(begin, images);
  }
  if (!options.list.empty() && !has_stream(options, streams)) add_list(options, images);
  const auto uses_of_stdin = std::count(images.paths.begin(), images.paths.end(), "-");
  if (uses_of_stdin > (options.list == "-" ? 0 : 1)) fail_usage("stdin can be read only once");
  return images;
}

std::vector<std::byte> read_stdin_image(BufferedStream& stream) {
  std::vector<std::byte> bytes =
      in_stage(Stage::streams, [&] { return stream.read_rest(kMaxImageBytes, "-"); });
  refuse_list("-", bytes);
  return bytes;
}

std::optional<FileStamp> stamp_of_input(const std::string& path) {
  return path == "-" ? std::nullopt : stamp_of(path);
}

std::vector<std::byte> read_image(const std::string& path, std::optional<FileStamp>* stamp) {
  if (path == "-") return read_stdin_image(*in_stage(Stage::streams, [] { return open_raw_stream("-"); }));
  try {
    std::vector<std::byte> bytes = read_input(path, kMaxImageBytes, stamp);
    refuse_list(path, bytes);
    return bytes;
  } catch (const Error& error) {
    // A folder that can be listed is replaced by its images, so this one could not be listed.
    if (error.code() == ErrorCode::unsupported && is_directory(path))
      fail(ErrorCode::io, path, "is a folder that could not be listed completely");
    throw;
  }
}

}  // namespace sightline::app
