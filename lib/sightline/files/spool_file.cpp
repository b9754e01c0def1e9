// SPDX-License-Identifier: Apache-2.0
#include "sightline/files/spool_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>

#include "sightline/base/error.h"
#include "sightline/files/system_error.h"

namespace sightline {

void SpoolFile::open() {
  std::string name = folder_ + "/.sightline-XXXXXX";
  file_ = Descriptor(::mkostemp(name.data(), O_CLOEXEC));
  if (!file_.is_open()) fail_output(folder_, "has no room for a temporary file", errno);
  ::unlink(name.c_str());
}

std::int64_t SpoolFile::append(std::string_view bytes) {
  if (!file_.is_open()) open();
  const std::int64_t offset = size_;
  while (!bytes.empty()) {
    const ssize_t count = ::pwrite(file_.get(), bytes.data(), bytes.size(), size_);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) fail_output(folder_, "has no room for a temporary file", count < 0 ? errno : ENOSPC);
    bytes.remove_prefix(static_cast<std::size_t>(count));
    size_ += count;
  }
  return offset;
}

void SpoolFile::read(std::int64_t offset, std::int64_t size, std::string& bytes) const {
  bytes.resize(static_cast<std::size_t>(size));
  for (std::int64_t at = 0; at < size;) {
    const ssize_t count =
        ::pread(file_.get(), bytes.data() + at, static_cast<std::size_t>(size - at), offset + at);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) fail_output(folder_, "a temporary file cannot be read", count < 0 ? errno : EIO);
    at += count;
  }
}

}  // namespace sightline
