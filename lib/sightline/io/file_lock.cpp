#include "sightline/io/file_lock.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>

#include "sightline/base/error.h"

namespace sightline {

FileLock try_lock(int descriptor) {
  while (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return FileLock::busy;
    if (errno != EINTR) return FileLock::unknown;
  }
  return FileLock::held;
}

bool is_named(int descriptor, const std::string& path) {
  struct stat opened {
  }, named{};
  if (::fstat(descriptor, &opened) != 0 || ::lstat(path.c_str(), &named) != 0) return errno != ENOENT;
  return opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

void fail_in_use(const std::string& path) {
  fail(ErrorCode::locked, path, "is being written by another run");
}

void check_stale(int descriptor, const std::string& temporary, const std::string& path) {
  const FileLock lock = try_lock(descriptor);
  if (lock == FileLock::busy) fail_in_use(path);
  if (lock == FileLock::unknown)
    fail(ErrorCode::locked, path,
         "may be being written by another run: " + temporary +
             " is there, and its file system has no locks; remove it when no run writes it");
}

}  // namespace sightline
