// SPDX-License-Identifier: Apache-2.0
#include "sightline/files/regular_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <utility>

#include "sightline/base/error.h"
#include "sightline/files/system_error.h"

namespace sightline {

RegularFile open_regular(const std::string& path) {
  OpenFile file = open_file(path, Fifos::refuse);
  return {std::move(file.descriptor), file.size};
}

OpenFile open_file(const std::string& path, Fifos fifos) {
  if (path.find('\0') != std::string::npos)
    fail(ErrorCode::missing, path, "does not exist: the path contains a NUL byte");
  // O_NONBLOCK, because opening a FIFO without a writer must not wait.
  Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
  if (!descriptor.is_open()) fail_input(path, "cannot be opened", errno);
  struct stat status {};
  if (::fstat(descriptor.get(), &status) != 0) fail_input(path, "cannot stat", errno);
  if (S_ISDIR(status.st_mode)) fail(ErrorCode::unsupported, path, "is a folder, expected a file");
  if (S_ISREG(status.st_mode)) return {std::move(descriptor), true, status.st_size};
  if (fifos == Fifos::refuse)
    fail(ErrorCode::unsupported, path, "is a FIFO, socket or device, expected a regular file");
  if (!S_ISFIFO(status.st_mode))
    fail(ErrorCode::unsupported, path, "is a socket or device, expected a file or a pipe");
  return {std::move(descriptor), false, 0};
}

}  // namespace sightline
