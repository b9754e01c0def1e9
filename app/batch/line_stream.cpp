// SPDX-License-Identifier: Apache-2.0
#include "batch/line_stream.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "batch/text_list.h"
#include "sightline/files/system_error.h"
#include "sightline/files/waiting.h"

namespace sightline::app {
namespace {

constexpr std::size_t kChunkBytes = 1U << 16;

bool is_stdin_name(const std::string& path) { return path == "-" || path == "/dev/stdin"; }

}  // namespace

LineStream::LineStream(const std::string& path)
    : name_(is_stdin_name(path) ? "standard input" : path),
      stage_(is_stdin_name(path) ? Stage::streams : Stage::inputs) {
  in_stage(stage_, [&] {
    // O_NONBLOCK, because opening a FIFO without a writer must not wait; `fill` waits for its bytes.
    if (!is_stdin()) owned_ = Descriptor(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
    descriptor_ = is_stdin() ? STDIN_FILENO : owned_.get();
    if (descriptor_ < 0) fail_input(name_, "cannot be opened", errno);
    struct stat status = {};
    if (::fstat(descriptor_, &status) != 0) fail_input(name_, "cannot be read", errno);
    is_regular_ = S_ISREG(status.st_mode);
    if (is_regular_) start_ = std::max<std::int64_t>(::lseek(descriptor_, 0, SEEK_CUR), 0);
    if (S_ISDIR(status.st_mode)) fail(ErrorCode::unsupported, name_, "is a folder, expected a file");
    if (!is_stdin() && !is_regular_ && !S_ISFIFO(status.st_mode))
      fail(ErrorCode::unsupported, name_, "is a socket or device, expected a file or a pipe");
  });
}

bool LineStream::next(std::string_view& line) {
  while (!has_line()) {
    if (at_end_) return false;
    fill(true);
  }
  const std::size_t end = std::min(buffer_.find('\n', scanned_), buffer_.size());
  line = std::string_view(buffer_).substr(begin_, end - begin_);
  begin_ = scanned_ = std::min(end + 1, buffer_.size());
  ++number_;
  if (number_ == 1 && line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  if (line.ends_with('\r')) line.remove_suffix(1);
  require_text_line(line, number_, name_, ListKind::texts);
  return true;
}

bool LineStream::ready(std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!has_line() && !at_end_) {
    if (!is_regular_) {
      using std::chrono::milliseconds;
      const auto left = std::chrono::duration_cast<milliseconds>(deadline - std::chrono::steady_clock::now());
      pollfd state{descriptor_, POLLIN, 0};
      if (::poll(&state, 1, static_cast<int>(std::max<milliseconds::rep>(left.count(), 0))) <= 0)
        return false;
    }
    fill(false);
  }
  return true;
}

void LineStream::rewind() {
  in_stage(stage_, [&] {
    if (::lseek(descriptor_, start_, SEEK_SET) < 0) fail_input(name_, "cannot be read", errno);
  });
  buffer_.clear();
  begin_ = scanned_ = 0;
  number_ = 0;
  at_end_ = false;
}

/// Whether the buffer has a whole line. A byte order mark alone is none.
bool LineStream::has_line() {
  const std::size_t end = buffer_.find('\n', scanned_);
  scanned_ = std::min(end, buffer_.size());
  if (end != std::string::npos) return true;
  const std::string_view rest = std::string_view(buffer_).substr(begin_);
  if (rest.size() > kMaxLineBytes) {
    const std::string problem =
        "has more than " + std::to_string(kMaxLineBytes) + " bytes, the maximum of a line";
    throw Failure(stage_, Error(ErrorCode::limit, name_ + ": line " + std::to_string(number_ + 1), problem));
  }
  return at_end_ && !rest.empty() && !(number_ == 0 && rest == kByteOrderMark);
}

/// Reads once. With `wait`, waits for a pipe until there is something to read.
void LineStream::fill(bool wait) {
  buffer_.erase(0, begin_);
  scanned_ -= begin_;
  begin_ = 0;
  const std::size_t size = buffer_.size();
  buffer_.resize(size + kChunkBytes);
  const auto count = in_stage(stage_, [&] {
    if (wait && !is_regular_) wait_until_ready(descriptor_, false);
    const ssize_t bytes = ::read(descriptor_, buffer_.data() + size, kChunkBytes);
    if (bytes < 0 && errno != EINTR && errno != EAGAIN) fail_input(name_, "cannot be read", errno);
    return bytes;
  });
  buffer_.resize(size + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  at_end_ = count == 0;
}

}  // namespace sightline::app
