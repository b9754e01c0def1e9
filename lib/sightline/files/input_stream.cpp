// SPDX-License-Identifier: Apache-2.0
#include "sightline/files/input_stream.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "sightline/files/standard_input.h"
#include "sightline/files/system_error.h"
#include "sightline/files/waiting.h"

namespace sightline {

bool is_stream(const std::string& path) {
  struct stat status {};
  if (is_standard_input(path)) return ::fstat(STDIN_FILENO, &status) == 0 && !S_ISREG(status.st_mode);
  return ::stat(path.c_str(), &status) == 0 && S_ISFIFO(status.st_mode);
}

std::size_t read_some(int descriptor, std::span<std::byte> out, const std::string& path) {
  while (true) {
    if (descriptor == STDIN_FILENO) wait_until_ready(descriptor, false);
    const ssize_t count = ::read(descriptor, out.data(), out.size());
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK) fail_input(path, "cannot be read", errno);
  }
}

InputStream::InputStream(const std::string& path, Fifos fifos) : path_(path), descriptor_(STDIN_FILENO) {
  if (is_standard_input(path)) {
    check_standard_input(path);
    is_regular_ = !is_stream(path);
    if (is_regular_) start_ = std::max<std::int64_t>(::lseek(descriptor_, 0, SEEK_CUR), 0);
    return;
  }
  OpenFile file = open_file(path, fifos);
  owned_ = std::move(file.descriptor);
  descriptor_ = owned_.get();
  is_regular_ = file.is_regular;
  size_ = file.size;
  if (is_regular_) ::posix_fadvise(descriptor_, 0, 0, POSIX_FADV_SEQUENTIAL);  // advisory: more read-ahead
}

bool InputStream::ready(std::chrono::milliseconds patience) const {
  return is_regular_ || wait_until_readable(descriptor_, patience);
}

// A FIFO that has no writer yet reads like one that has ended, so the first bytes are waited for.
std::size_t InputStream::read(std::span<std::byte> out) {
  call_wait_check();
  if (!is_regular_ && owned_.is_open()) wait_until_ready(descriptor_, false);
  const std::size_t count = read_some(descriptor_, out, path_);
  position_ += static_cast<std::int64_t>(count);
  return count;
}

std::int64_t InputStream::seek_over(std::int64_t count) {
  const std::int64_t step = std::min(count, size_ - position_);
  if (step <= 0) return 0;
  if (::lseek(descriptor_, step, SEEK_CUR) < 0) fail_input(path_, "cannot seek", errno);
  position_ += step;
  return step;
}

void InputStream::rewind() {
  if (::lseek(descriptor_, start_, SEEK_SET) < 0) fail_input(path_, "cannot be read", errno);
  position_ = 0;
}

}  // namespace sightline
