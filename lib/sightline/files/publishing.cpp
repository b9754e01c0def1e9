// SPDX-License-Identifier: Apache-2.0
#include "sightline/files/publishing.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "sightline/base/error.h"
#include "sightline/files/descriptor.h"

namespace sightline {

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

}  // namespace sightline
