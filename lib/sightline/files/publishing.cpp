// SPDX-License-Identifier: Apache-2.0
#include "sightline/files/publishing.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <string_view>

#include "sightline/base/error.h"
#include "sightline/files/descriptor.h"
#include "sightline/files/file.h"
#include "sightline/files/system_error.h"

namespace sightline {
namespace {

constexpr int kMaxLinks = 40;  // the limit of Linux

}  // namespace

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

// Resolves symbolic links by hand, because the final target need not exist yet.
std::string resolve_links(const std::string& path) {
  std::string current = path;
  for (int links = 0; links <= kMaxLinks; ++links) {
    std::array<char, 4096> target;
    const ssize_t length = ::readlink(current.c_str(), target.data(), target.size());
    if (length < 0) {
      if (errno == EINVAL || errno == ENOENT) return current;  // not a link, or does not exist
      fail_output(path, "cannot be created", errno);
    }
    const std::string_view next(target.data(), static_cast<std::size_t>(length));
    current = next.starts_with('/') ? std::string(next) : join_path(folder_of(current), next);
  }
  fail_output(path, "cannot be created", ELOOP);
}

std::string temporary_path(const std::string& path) { return resolve_links(path) + ".part"; }

FileLock try_lock(int descriptor) {
  while (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return FileLock::busy;
    if (errno != EINTR) return FileLock::unknown;
  }
  return FileLock::held;
}

bool is_still_named(int descriptor, const std::string& path) {
  struct stat opened {
  }, named{};
  if (::fstat(descriptor, &opened) != 0 || ::lstat(path.c_str(), &named) != 0) return errno != ENOENT;
  return opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

void sync_folder(const std::string& path) {
  const Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.is_open()) ::fsync(folder.get());
}

void fail_in_use(const std::string& path) {
  fail(ErrorCode::locked, path, "is in use by another sightline process");
}

void check_stale(int descriptor, const std::string& temporary, const std::string& path) {
  const FileLock lock = try_lock(descriptor);
  if (lock == FileLock::busy) fail_in_use(path);
  if (lock == FileLock::unknown)
    fail(ErrorCode::locked, path,
         "may be in use by another sightline process: " + temporary +
             " exists and its file system does not support locks; remove it if no process is writing it");
}

void check_unused(int descriptor, const std::string& temporary, const std::string& path, bool force) {
  const FileLock lock = try_lock(descriptor);
  if (lock == FileLock::busy) fail_in_use(path);
  if (lock == FileLock::unknown && !force)
    fail(ErrorCode::locked, path,
         "may be in use by another sightline process: the file system of " + temporary +
             " does not support locks");
}

void remove_stale(const std::string& temporary, const std::string& path) {
  const Descriptor stale(
      ::open(temporary.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY));
  if (!stale.is_open() && errno == ENOENT) return;
  if (stale.is_open()) check_stale(stale.get(), temporary, path);
  if (stale.is_open() && !is_still_named(stale.get(), temporary)) return;
  if (::unlink(temporary.c_str()) != 0 && errno != ENOENT) fail_output(temporary, "cannot be removed", errno);
}

// `data_only`: not the times of the file.
void sync_file(int descriptor, const std::string& path, bool data_only) {
  while ((data_only ? ::fdatasync(descriptor) : ::fsync(descriptor)) != 0) {
    if (errno == EINVAL || errno == EROFS) return;  // the file system does not support fsync
    if (errno != EINTR) fail_output(path, "cannot be written", errno);
  }
}

void rename_into_place(const std::string& temporary, const std::string& target, const std::string& path,
                       bool force) {
  if (!force) {
    if (::renameat2(AT_FDCWD, temporary.c_str(), AT_FDCWD, target.c_str(), RENAME_NOREPLACE) == 0) return;
    if (errno == EEXIST) fail(ErrorCode::locked, path, "was created by another process during this run");
    const bool unsupported = errno == EINVAL || errno == ENOSYS;  // an older kernel or file system
    if (!unsupported) fail_output(path, "cannot be renamed into place", errno);
    if (file_exists(target)) fail(ErrorCode::locked, path, "was created by another process during this run");
  }
  if (::rename(temporary.c_str(), target.c_str()) != 0)
    fail_output(path, "cannot be renamed into place", errno);
}

}  // namespace sightline
