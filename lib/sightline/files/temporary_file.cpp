// SPDX-License-Identifier: Apache-2.0
#include "sightline/files/temporary_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "sightline/base/error.h"
#include "sightline/files/file.h"
#include "sightline/files/publishing.h"
#include "sightline/files/system_error.h"

namespace sightline {
namespace {

constexpr int kMaxAttempts = 100;

}  // namespace

TemporaryFile::TemporaryFile(const std::string& path, bool force, int mode, Leftover leftover)
    : path_(path), target_(resolve_links(path)), temporary_(target_ + ".part"), mode_(mode), force_(force) {
  for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
    if (leftover == Leftover::reopen && reopen()) return;
    if (create()) return;
    remove_stale(temporary_, path_);
  }
  fail_in_use(path_);
}

// Creates the file and locks it. Returns false if it already exists.
bool TemporaryFile::create() {
  Descriptor created(::open(temporary_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666));
  if (!created.is_open()) {
    if (errno == EEXIST) return false;
    fail_output(path_, "cannot be created", errno);
  }
  // Between the creation and the lock, another process may have removed the file as stale.
  if (try_lock(created.get()) == FileLock::busy || !is_still_named(created.get(), temporary_))
    fail_in_use(path_);
  file_ = std::move(created);
  copy_mode();
  return true;
}

// Opens the file of an interrupted run and locks it. Returns false if there is none.
bool TemporaryFile::reopen() {
  Descriptor found(::open(temporary_.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY));
  if (!found.is_open()) {
    if (errno == ENOENT) return false;
    fail_output(temporary_, "cannot be opened", errno);
  }
  struct stat status {};
  if (::fstat(found.get(), &status) != 0) fail_output(temporary_, "cannot stat", errno);
  if (!S_ISREG(status.st_mode) || status.st_nlink != 1 || status.st_uid != ::geteuid())
    fail(ErrorCode::locked, temporary_, "is linked elsewhere or has another owner; remove it");
  check_unused(found.get(), temporary_, path_, force_);
  if (!is_still_named(found.get(), temporary_)) fail_in_use(path_);
  keep_ = true;
  size_ = status.st_size;
  file_ = std::move(found);
  copy_mode();
  return true;
}

void TemporaryFile::copy_mode() {
  if (mode_ < 0 || ::fchmod(file_.get(), static_cast<mode_t>(mode_)) == 0) return;
  const int number = errno;
  if (!keep_) ::unlink(temporary_.c_str());
  fail_output(path_, "cannot be given the mode of the file it replaces", number);
}

TemporaryFile::~TemporaryFile() {
  if (!published_ && !keep_ && is_still_named(file_.get(), temporary_)) ::unlink(temporary_.c_str());
}

void TemporaryFile::check_named() const {
  if (!is_still_named(file_.get(), temporary_))
    fail(ErrorCode::missing, temporary_, "was removed or replaced by another process during this run");
}

void TemporaryFile::check_target() const {
  if (!force_ && file_exists(target_))
    fail(ErrorCode::locked, path_, "was created by another process during this run");
}

void TemporaryFile::publish() {
  check_named();
  rename_into_place(temporary_, target_, path_, force_);
  published_ = true;
  sync_folder(folder_of(target_));
}

}  // namespace sightline
