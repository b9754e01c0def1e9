// SPDX-License-Identifier: Apache-2.0
#include "sightline/files/input_stream.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "sightline/files/standard_input.h"
#include "sightline/files/system_error.h"
#include "sightline/files/waiting.h"

namespace sightline {
namespace {

constexpr std::size_t kReadBlock = 64 << 10;

}  // namespace

bool is_stream(const std::string& path) {
  struct stat status {};
  if (is_standard_input(path)) return ::fstat(STDIN_FILENO, &status) == 0 && !S_ISREG(status.st_mode);
  return ::stat(path.c_str(), &status) == 0 && S_ISFIFO(status.st_mode);
}

InputStream::InputStream(const std::string& path) : path_(path), descriptor_(STDIN_FILENO) {
  if (is_standard_input(path)) {
    check_standard_input(path);
  } else {
    own_ = Descriptor(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
    if (!own_.is_open()) fail_input(path, "cannot be opened", errno);
    descriptor_ = own_.get();
  }
  buffer_.resize(kReadBlock);
}

bool InputStream::ready(std::chrono::milliseconds patience) const {
  return wait_until_readable(descriptor_, patience);
}

std::string_view InputStream::read() {
  while (true) {
    wait_until_ready(descriptor_, false);
    const ssize_t count = ::read(descriptor_, buffer_.data(), buffer_.size());
    if (count >= 0) return std::string_view(buffer_).substr(0, static_cast<std::size_t>(count));
    if (errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK) fail_input(path_, "cannot be read", errno);
  }
}

}  // namespace sightline
