// SPDX-License-Identifier: Apache-2.0
#include "sightline/convert/staging_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "sightline/files/file.h"
#include "sightline/files/publishing.h"
#include "sightline/files/system_error.h"

namespace sightline {
namespace {

namespace fs = std::filesystem;

constexpr int kMaxLinks = 40;  // the limit of Linux
constexpr const char* kNotCreated = "cannot be created";
constexpr const char* kNotRenamed = "cannot be renamed into place";

std::string without_slash(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

/// Resolves symbolic links whose final target may not exist yet. "." and ".." are replaced by a real name, to
/// which a suffix can be appended.
std::string resolve(const std::string& path) {
  std::error_code error;
  fs::path current = path;
  for (int links = 0; fs::is_symlink(fs::symlink_status(current, error)); ++links) {
    if (links == kMaxLinks) fail_output(path, kNotCreated, ELOOP);
    const fs::path next = fs::read_symlink(current, error);
    if (error) fail_output(path, kNotCreated, error.value());
    current = without_slash((current.parent_path() / next).string());
  }
  if (current.filename() != "." && current.filename() != "..") return current.string();
  const fs::path canonical = fs::canonical(current, error);
  if (error) fail_output(path, kNotCreated, error.value());
  return canonical.string();
}

Descriptor open_folder(const std::string& path) {
  return Descriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

/// Removes a folder, even a read-only one.
void remove(const Descriptor& folder, const std::string& path) {
  ::fchmod(folder.get(), S_IRWXU);
  std::error_code ignored;
  fs::remove_all(path, ignored);
}

/// Checks that a folder may be removed: it must be empty or a model folder (possibly incomplete), that is,
/// contain a config or weights and no subfolders. Errors: unsafe.
void check_replaceable(const std::string& path) {
  bool is_model = false, is_empty = true;
  std::error_code error;
  for (fs::directory_iterator entry(path, error), end; !error && entry != end; entry.increment(error)) {
    is_empty = false;
    const std::string name = entry->path().filename().string();
    is_model = is_model || name == "config.json" || name == "open_clip_config.json" ||
               name.starts_with("model.safetensors") || name.starts_with("open_clip_model.safetensors");
    std::error_code ignored;
    if (entry->is_directory(ignored)) {
      fail(ErrorCode::unsafe, path, "contains the folder " + name + ", so it is not replaced");
    }
  }
  if (error) fail_output(path, "cannot be read", error.value());
  if (!is_empty && !is_model) fail(ErrorCode::unsafe, path, "is not a model folder, so it is not replaced");
}

}  // namespace

StagingFolder::StagingFolder(const std::string& path, bool force) : path_(without_slash(path)) {
  check_target(force);
  part_ = target_ + ".part";
  make_part();
}

void StagingFolder::check_target(bool force) {
  struct stat status {};
  if (::lstat(path_.c_str(), &status) == 0) {
    if (!force) fail(ErrorCode::locked, path_, "already exists");
  } else if (errno != ENOENT) {
    fail_output(path_, kNotCreated, errno);
  }
  target_ = resolve(path_);
  if (::stat(target_.c_str(), &status) != 0) {
    if (errno != ENOENT) fail_output(path_, kNotCreated, errno);
    return;
  }
  if (!S_ISDIR(status.st_mode)) fail(ErrorCode::io, path_, "is not a folder");
  check_replaceable(path_);
  if (same_file(target_, ".")) fail(ErrorCode::unsafe, path_, "is the current folder, so it is not replaced");
  old_mode_ = static_cast<int>(status.st_mode & 07777);
}

void StagingFolder::make_part() {
  discard_stale();
  if (::mkdir(part_.c_str(), 0777) != 0) {
    if (errno == EEXIST) fail_in_use(path_);
    fail_output(path_, kNotCreated, errno);
  }
  lock_ = open_folder(part_);
  if (!lock_.is_open()) {
    const int number = errno;
    if (number == ENOENT) fail_in_use(path_);  // removed as stale by another run, as below
    ::rmdir(part_.c_str());
    fail_output(path_, kNotCreated, number);
  }
  // Between mkdir and the lock another run may have taken the folder for a stale one.
  if (try_lock(lock_.get()) == FileLock::busy || !is_still_named(lock_.get(), part_)) fail_in_use(path_);
  if (old_mode_ >= 0) ::fchmod(lock_.get(), static_cast<mode_t>(old_mode_ | S_IRWXU));
}

/// Removes the folder that a killed run left behind, and nothing else.
void StagingFolder::discard_stale() {
  const Descriptor stale = open_folder(part_);
  if (!stale.is_open()) {
    if (errno == ENOENT) return;
    if (errno == ENOTDIR || errno == ELOOP)
      fail(ErrorCode::unsafe, part_, "is not a folder, so it is not replaced");
    fail_output(path_, kNotCreated, errno);
  }
  check_stale(stale.get(), part_, path_);
  if (!is_still_named(stale.get(), part_)) fail_in_use(path_);
  check_replaceable(part_);
  std::error_code error;
  fs::remove_all(part_, error);
  if (error) fail_output(part_, "cannot be removed", error.value());
}

StagingFolder::~StagingFolder() {
  if (!committed_ && lock_.is_open() && is_still_named(lock_.get(), part_)) remove(lock_, part_);
}

void StagingFolder::commit() {
  if (old_mode_ >= 0) ::fchmod(lock_.get(), static_cast<mode_t>(old_mode_));
  sync_folder(part_);
  // Publishing renames the old folder to the temporary name; lock it so that no other run takes it for a
  // stale one.
  const Descriptor old = old_mode_ >= 0 ? open_folder(target_) : Descriptor();
  if (old.is_open() && try_lock(old.get()) == FileLock::busy) fail_in_use(path_);
  publish();
  committed_ = true;
  const fs::path parent = fs::path(target_).parent_path();
  sync_folder(parent.empty() ? "." : parent.string());
  if (old.is_open()) remove(old, part_);
}

/// Exchanges the two names atomically, so that a model always exists under the final name.
void StagingFolder::publish() {
  const bool replaces = old_mode_ >= 0;
  const unsigned flags = replaces ? RENAME_EXCHANGE : RENAME_NOREPLACE;
  if (::renameat2(AT_FDCWD, part_.c_str(), AT_FDCWD, target_.c_str(), flags) == 0) return;
  const bool unsupported =
      errno == EINVAL || errno == ENOSYS;  // file systems without these flags, such as NFS
  if (!replaces && (errno == EEXIST || (unsupported && file_exists(target_)))) {
    fail(ErrorCode::locked, path_, "was created by another process during this run");
  }
  if (!unsupported) fail_output(path_, kNotRenamed, errno);
  if (replaces) {
    swap_in_steps();
  } else if (::rename(part_.c_str(), target_.c_str()) != 0) {
    fail_output(path_, kNotRenamed, errno);
  }
}

void StagingFolder::swap_in_steps() {
  const std::string aside = target_ + ".old";
  if (::rename(target_.c_str(), aside.c_str()) != 0) fail_output(aside, "cannot be created", errno);
  if (::rename(part_.c_str(), target_.c_str()) != 0) {
    const int number = errno;
    ::rename(aside.c_str(), target_.c_str());
    fail_output(path_, kNotRenamed, number);
  }
  ::rename(aside.c_str(), part_.c_str());
}

}  // namespace sightline
