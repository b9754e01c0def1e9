// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <span>

#include "sightline/base/error.h"
#include "sightline/files/descriptor.h"
#include "sightline/files/file.h"
#include "sightline/files/publishing.h"
#include "sightline/files/system_error.h"
#include "sightline/files/waiting.h"

namespace sightline {
namespace {

constexpr std::size_t kBufferSize = 64 << 10;
// Linux caches what one call writes in pieces as large as the call, and maps a piece of 2 MiB with one page
// fault instead of 32 or more.
constexpr std::size_t kFileBlock = 2 << 20;
constexpr std::int64_t kWriteBehind = 8 << 20;

bool is_stdout(const std::string& path) { return path == "-" || path == "/dev/stdout"; }

}  // namespace

OutputFile::OutputFile(const std::string& path, bool force, Leftover leftover) : path_(path) {
  struct stat status {};
  int old_mode = -1;  // none
  if (is_stdout(path)) {
    open_direct();
    return;
  }
  if (path.empty()) fail(ErrorCode::io, "output", "the file name is empty");
  if (::stat(path.c_str(), &status) == 0) {
    if (S_ISDIR(status.st_mode)) fail(ErrorCode::io, path, "is a folder, expected a file to write");
    if (!S_ISREG(status.st_mode)) {
      open_direct();
      return;
    }
    if (!force) fail(ErrorCode::locked, path, "already exists");
    old_mode = static_cast<int>(status.st_mode & 0777);
  } else if (errno != ENOENT) {
    fail_output(path, "cannot be created", errno);
  }
  temporary_.emplace(path, force, old_mode, leftover);
  descriptor_ = temporary_->descriptor();
  size_ = temporary_->size();
}

void OutputFile::open_direct() {
  if (is_stdout(path_)) {
    if (::fcntl(STDOUT_FILENO, F_GETFD) < 0) fail(ErrorCode::io, path_, "standard output is closed");
    if ((::fcntl(STDOUT_FILENO, F_GETFL) & O_ACCMODE) == O_RDONLY) {
      // Or the program opened /dev/null for reading in its place.
      fail(ErrorCode::io, path_, "standard output is closed");
    }
    descriptor_ = STDOUT_FILENO;
  } else {
    opened_ = Descriptor(::open(path_.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
    if (!opened_.is_open()) fail_output(path_, "cannot be opened for writing", errno);
    descriptor_ = opened_.get();
  }
  struct stat status {};
  may_wait_ = ::fstat(descriptor_, &status) == 0 && !S_ISREG(status.st_mode);
}

OutputFile::~OutputFile() {
  if (!temporary_ && !committed_) flush_uncommitted();
}

// The run has failed or was interrupted, which has been reported. Its reader gets what was complete before.
void OutputFile::flush_uncommitted() noexcept {
  try {
    if (descriptor_ >= 0 && !failed_) flush();
  } catch (...) {  // NOLINT(bugprone-empty-catch): the failure itself has been reported
  }
}

void OutputFile::check_failed() const {
  if (failed_) fail(ErrorCode::io, path_, "cannot be completed: an earlier write failed");
}

// A negative `offset` means the end of the file. A pipe that is ready accepts PIPE_BUF bytes without
// blocking.
void OutputFile::write_all(const char* data, std::size_t count, std::int64_t offset) {
  if (count > 0) synced_ = false;
  while (count > 0) {
    if (may_wait_) wait_until_ready(descriptor_, true);
    const std::size_t chunk = may_wait_ ? std::min<std::size_t>(count, PIPE_BUF) : count;
    const ssize_t written =
        offset < 0 ? ::write(descriptor_, data, chunk) : ::pwrite(descriptor_, data, chunk, offset);
    // EAGAIN: stdout was made non-blocking by another process.
    if (written < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (written <= 0) {
      failed_ = true;
      fail_output(path_, "cannot be written", written < 0 ? errno : ENOSPC);
    }
    data += written;
    count -= static_cast<std::size_t>(written);
    if (offset >= 0) offset += written;
    written_ += written;
  }
  if (seekable() && written_ >= kWriteBehind) start_writing_back();
}

// Starts writing back to the disk early, so that the final sync has less to wait for. Advisory; failures are
// ignored.
void OutputFile::start_writing_back() {
  written_ = 0;
#ifdef __linux__
  ::sync_file_range(descriptor_, 0, 0, SYNC_FILE_RANGE_WRITE);
#endif
}

void OutputFile::write(std::string_view bytes) {
  check_failed();
  if (hash_ != nullptr) hash_->update(std::as_bytes(std::span(bytes)));
  const std::int64_t begin = size_;
  size_ += static_cast<std::int64_t>(bytes.size());
  if (seekable()) return write_blocks(begin, bytes);
  if (buffer_.size() + bytes.size() <= kBufferSize) {
    buffer_ += bytes;
    return;
  }
  flush();
  if (bytes.size() < kBufferSize) {
    buffer_ += bytes;
  } else {
    write_all(bytes.data(), bytes.size(), -1);
  }
}

// Passes on whole blocks of the file; the rest stays in the buffer, which ends at `begin`.
void OutputFile::write_blocks(std::int64_t begin, std::string_view bytes) {
  const std::size_t room = kFileBlock - static_cast<std::size_t>(begin) % kFileBlock;
  if (bytes.size() < room) {
    buffer_ += bytes;
    return;
  }
  if (!buffer_.empty()) {
    buffer_ += bytes.substr(0, room);
    flush();
    return write_blocks(begin + static_cast<std::int64_t>(room), bytes.substr(room));
  }
  const std::size_t whole = room + (bytes.size() - room) / kFileBlock * kFileBlock;
  write_all(bytes.data(), whole, -1);
  buffer_ += bytes.substr(whole);
}

void OutputFile::write_at(std::int64_t offset, std::string_view bytes) {
  if (!seekable()) fail(ErrorCode::io, path_, "is not seekable, expected a file");
  if (offset < 0 || offset + static_cast<std::int64_t>(bytes.size()) > size_) {
    fail(ErrorCode::range, path_, "the bytes to overwrite have not been written yet");
  }
  flush();
  write_all(bytes.data(), bytes.size(), offset);
}

std::int64_t OutputFile::reserve(std::int64_t bytes) {
  if (!seekable()) fail(ErrorCode::io, path_, "is not seekable, expected a file");
  flush();
  const std::int64_t offset = size_;
  size_ += bytes;
  synced_ = false;
  if (::lseek(descriptor_, size_, SEEK_SET) < 0) fail_output(path_, "cannot be written", errno);
  return offset;
}

void OutputFile::write_reserved(std::int64_t offset, std::string_view bytes) {
  check_failed();
  if (offset < 0 || offset + static_cast<std::int64_t>(bytes.size()) > size_) {
    fail(ErrorCode::range, path_, "the bytes to write were not reserved");
  }
  write_all(bytes.data(), bytes.size(), offset);
}

void OutputFile::flush() {
  check_failed();
  write_all(buffer_.data(), buffer_.size(), -1);
  buffer_.clear();
}

void OutputFile::flush_to_reader() {
  if (may_wait_) flush();
}

void OutputFile::continue_at(std::int64_t size) {
  check_failed();
  if (!seekable() || !buffer_.empty() || size < 0 || size > size_)
    fail(ErrorCode::range, path_, "has no " + std::to_string(size) + " bytes to continue after");
  while (::ftruncate(descriptor_, size) != 0) {
    if (errno != EINTR) fail_output(path_, "cannot be cut", errno);
  }
  if (::lseek(descriptor_, size, SEEK_SET) < 0) fail_output(path_, "cannot be written", errno);
  size_ = size;
  synced_ = false;
}

// After a failure, the system may count the lost bytes as written, so a second attempt proves nothing.
void OutputFile::sync_to_disk(bool data_only) {
  try {
    sync_file(descriptor_, path_, data_only);
    check_size();
  } catch (const Error&) {
    failed_ = true;
    throw;
  }
}

void OutputFile::check_size() {
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) fail_output(path_, "cannot stat", errno);
  if (temporary_) temporary_->check_named();
  if (status.st_size != size_) {
    fail(ErrorCode::io, path_,
         "has " + std::to_string(status.st_size) + " bytes on disk, expected " + std::to_string(size_));
  }
}

std::int64_t OutputFile::sync() {
  flush();
  if (temporary_) sync_to_disk(true);
  return size_;
}

void OutputFile::prepare_commit() {
  flush();
  if (!temporary_ || synced_) return;
  sync_to_disk(false);
  // Checked before any output of the run is published, so that either all outputs appear or none.
  temporary_->check_target();
  synced_ = true;
}

void OutputFile::commit() {
  prepare_commit();
  if (temporary_) temporary_->publish();
  committed_ = true;
}

}  // namespace sightline
