// SPDX-License-Identifier: Apache-2.0
#include "sightline/files/sequential_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "sightline/files/regular_file.h"
#include "sightline/files/standard_input.h"
#include "sightline/files/system_error.h"
#include "sightline/files/waiting.h"

namespace sightline {
std::size_t read_some(int descriptor, std::span<std::byte> out, const std::string& path) {
  while (true) {
    if (descriptor == STDIN_FILENO) wait_until_ready(descriptor, false);
    const ssize_t count = ::read(descriptor, out.data(), out.size());
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK) fail_input(path, "cannot be read", errno);
  }
}

SequentialFile::SequentialFile(const std::string& path) : path_(path), descriptor_(STDIN_FILENO) {
  if (is_standard_input(path)) {
    check_standard_input(path);
    return;
  }
  RegularFile file = open_regular(path);
  owned_ = std::move(file.descriptor);
  descriptor_ = owned_.get();
  size_ = file.size;
  ::posix_fadvise(descriptor_, 0, 0, POSIX_FADV_SEQUENTIAL);  // advisory: a larger read-ahead
}

std::size_t SequentialFile::read(std::span<std::byte> out) {
  call_wait_check();
  const std::size_t count = read_some(descriptor_, out, path_);
  position_ += static_cast<std::int64_t>(count);
  return count;
}

std::int64_t SequentialFile::seek_over(std::int64_t count) {
  if (!size_) return 0;
  const std::int64_t step = std::min(count, std::max<std::int64_t>(*size_ - position_, 0));
  if (step <= 0) return 0;
  if (::lseek(descriptor_, step, SEEK_CUR) < 0) fail_input(path_, "cannot seek", errno);
  position_ += step;
  return step;
}

}  // namespace sightline
