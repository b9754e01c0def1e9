// SPDX-License-Identifier: Apache-2.0
#include "sightline/files/file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "sightline/files/descriptor.h"
#include "sightline/files/input_stream.h"
#include "sightline/files/regular_file.h"
#include "sightline/files/standard_input.h"
#include "sightline/files/system_error.h"

namespace sightline {
namespace {

constexpr std::size_t kReadBlock = 64 << 10;

[[noreturn]] void fail_too_large(const std::string& path, std::int64_t limit) {
  fail(ErrorCode::limit, path, "is larger than the limit of " + std::to_string(limit) + " bytes");
}

std::optional<FileStamp> stamp_of(const struct stat& status) {
  constexpr std::int64_t kNanoseconds = 1'000'000'000;
  FileStamp stamp{.size = status.st_size};
  if (!S_ISREG(status.st_mode) ||
      __builtin_mul_overflow(status.st_mtim.tv_sec, kNanoseconds, &stamp.mtime_ns) ||
      __builtin_add_overflow(stamp.mtime_ns, status.st_mtim.tv_nsec, &stamp.mtime_ns))
    return std::nullopt;
  return stamp;
}

std::optional<FileStamp> stamp_of(int descriptor) {
  struct stat status {};
  return ::fstat(descriptor, &status) == 0 ? stamp_of(status) : std::nullopt;
}

std::vector<std::byte> read_to_end(int descriptor, std::size_t size_hint, std::int64_t limit,
                                   const std::string& path) {
  // One byte more than expected, so that the end of the file is found without growing the buffer.
  std::vector<std::byte> bytes(size_hint + 1);
  std::size_t used = 0;
  while (true) {
    const std::size_t count_read = read_some(descriptor, std::span(bytes).subspan(used), path);
    used += count_read;
    if (static_cast<std::int64_t>(used) > limit) fail_too_large(path, limit);
    if (count_read == 0) break;
    if (used == bytes.size()) bytes.resize(bytes.size() + std::max(bytes.size() / 2, kReadBlock));
  }
  bytes.resize(used);
  return bytes;
}

}  // namespace

std::optional<FileStamp> stamp_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return stamp_of(status);
}

std::vector<std::byte> read_file(const std::string& path, std::int64_t limit,
                                 std::optional<FileStamp>* stamp) {
  const RegularFile file = open_regular(path);
  if (file.size > limit) fail_too_large(path, limit);
  const int descriptor = file.descriptor.get();
  const std::optional<FileStamp> before = stamp == nullptr ? std::nullopt : stamp_of(descriptor);
  std::vector<std::byte> bytes = read_to_end(descriptor, static_cast<std::size_t>(file.size), limit, path);
  if (stamp != nullptr) {
    const bool unchanged = before && before == stamp_of(descriptor) && before->size == std::ssize(bytes);
    *stamp = unchanged ? before : std::nullopt;
  }
  return bytes;
}

std::vector<std::byte> read_input(const std::string& path, std::int64_t limit,
                                  std::optional<FileStamp>* stamp) {
  if (!is_standard_input(path)) return read_file(path, limit, stamp);
  if (stamp != nullptr) stamp->reset();
  check_standard_input(path);
  return read_to_end(STDIN_FILENO, 0, limit, path);
}

bool file_exists(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ||
         (errno != ENOENT && errno != ENOTDIR && errno != ENAMETOOLONG && errno != ELOOP);
}

bool is_directory(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

bool same_file(const std::string& a, const std::string& b) {
  struct stat first {
  }, second{};
  return ::stat(a.c_str(), &first) == 0 && ::stat(b.c_str(), &second) == 0 && first.st_dev == second.st_dev &&
         first.st_ino == second.st_ino;
}

std::string join_path(std::string_view folder, std::string_view name) {
  std::string path(folder);
  if (!path.empty() && path.back() != '/') path += '/';
  return path.append(name);
}

}  // namespace sightline
