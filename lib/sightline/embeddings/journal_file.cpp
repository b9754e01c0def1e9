// SPDX-License-Identifier: Apache-2.0
#include "sightline/embeddings/journal_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include <sys/stat.h>

#include "sightline/base/error.h"
#include "sightline/files/file.h"
#include "sightline/files/publishing.h"
#include "sightline/files/system_error.h"

namespace sightline {
namespace {

constexpr int kMaxAttempts = 100;
constexpr int kFlags = O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY;

/// The open file, or nothing if there is none.
std::optional<Descriptor> open_existing(const std::string& path, bool force) {
  Descriptor found(::open(path.c_str(), kFlags));
  if (!found.is_open()) {
    if (errno == ENOENT) return std::nullopt;
    fail_output(path, "cannot be opened", errno);
  }
  struct stat status {};
  if (::fstat(found.get(), &status) != 0) fail_output(path, "cannot stat", errno);
  if (!S_ISREG(status.st_mode) || status.st_nlink != 1 || status.st_uid != ::geteuid())
    fail(ErrorCode::locked, path, "is linked elsewhere or has another owner; remove it");
  check_unused(found.get(), path, path, force);
  if (!is_still_named(found.get(), path)) fail_in_use(path);
  return found;
}

}  // namespace

JournalFile JournalFile::create(const std::string& path) {
  for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
    Descriptor created(::open(path.c_str(), kFlags | O_CREAT | O_EXCL, 0666));
    if (created.is_open()) {
      if (try_lock(created.get()) == FileLock::busy || !is_still_named(created.get(), path))
        fail_in_use(path);
      return {path, std::move(created), false};
    }
    if (errno != EEXIST) fail_output(path, "cannot be created", errno);
    remove_stale(path, path);
  }
  fail_in_use(path);
}

std::optional<JournalFile> JournalFile::open(const std::string& path, bool force) {
  std::optional<Descriptor> found = open_existing(path, force);
  if (!found) return std::nullopt;
  return JournalFile(path, std::move(*found), true);
}

JournalFile::~JournalFile() {
  if (file_.is_open() && !keep_ && is_still_named(file_.get(), path_)) ::unlink(path_.c_str());
}

std::vector<std::byte> JournalFile::read() const {
  struct stat status {};
  if (::fstat(file_.get(), &status) != 0) fail_output(path_, "cannot stat", errno);
  std::vector<std::byte> bytes(
      static_cast<std::size_t>(std::min<std::int64_t>(status.st_size, kMaxJournalBytes)));
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t count =
        ::pread(file_.get(), bytes.data() + done, bytes.size() - done, static_cast<off_t>(done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail_output(path_, "cannot be read", errno);
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  bytes.resize(done);
  return bytes;
}

void JournalFile::start(const RunDescription& description) {
  header_ = encode_journal_header(description);
  last_ = 0;
  failed_ = true;
  cut(0);
  write(header_);
  failed_ = false;
}

void JournalFile::continue_after(std::string_view header, std::int64_t offset, std::int64_t last) {
  header_ = header;
  last_ = last;
  cut(offset);
}

void JournalFile::append(JournalRecord record) {
  if (failed_) fail(ErrorCode::io, path_, "cannot be completed: an earlier write failed");
  record.sequence = last_ + 1;
  const std::int64_t before = size_;
  failed_ = true;
  try {
    write(encode_journal_record(record, header_));
    sync_file(file_.get(), path_, true);
    // The names of the journal and of the files of the first record must survive a power cut, too.
    if (last_ == 0) sync_folder(folder_of(path_));
  } catch (...) {
    // A record that is reported as failed should not be found later. If it is, it is true all the same.
    [[maybe_unused]] const int cut = ::ftruncate(file_.get(), before);
    throw;
  }
  failed_ = false;
  ++last_;
}

bool is_journal_in_use(const std::string& path) {
  const Descriptor found(::open(path.c_str(), kFlags));
  return found.is_open() && try_lock(found.get()) == FileLock::busy;
}

JournalRecord last_record_of(ByteView journal) {
  JournalRecord last;
  try {
    JournalReader reader(journal, "journal");
    while (reader.next(last)) continue;
  } catch (const Error&) {
    return {};
  }
  return last;
}

JournalRecord last_record_of(const std::string& path) {
  return last_record_of(read_file(path, kMaxJournalBytes));
}

void JournalFile::remove() {
  if (!is_still_named(file_.get(), path_)) return;
  if (::unlink(path_.c_str()) != 0 && errno != ENOENT) fail_output(path_, "cannot be removed", errno);
}

void JournalFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(file_.get(), bytes.data(), bytes.size(), size_);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) fail_output(path_, "cannot be written", written < 0 ? errno : ENOSPC);
    bytes.remove_prefix(static_cast<std::size_t>(written));
    size_ += written;
  }
}

void JournalFile::cut(std::int64_t size) {
  while (::ftruncate(file_.get(), size) != 0) {
    if (errno != EINTR) fail_output(path_, "cannot be cut", errno);
  }
  size_ = size;
}

}  // namespace sightline
