// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "sightline/files/descriptor.h"

namespace sightline {

/// What happens to the temporary file that an interrupted run left: it is removed, or continued.
enum class Leftover { remove, reopen };

/// A file "<path>.part" next to its target, locked as long as it is open, which `publish` renames. Without
/// that, it is removed, unless it was kept.
class TemporaryFile {
 public:
  /// `path`: the name of the target in messages; if it is a symbolic link, the target of the link is meant.
  /// `mode`: that of the file to be replaced, or -1 if there is none. `force`: whether a file may be
  /// replaced. With Leftover::reopen, an existing temporary file is opened with its contents, and kept.
  /// Errors: locked (another process is writing it; an existing one that is to be reopened is linked
  /// elsewhere or of another owner, or its file system does not support locks and `force` is false), io.
  TemporaryFile(const std::string& path, bool force, int mode, Leftover leftover);
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  int descriptor() const { return file_.get(); }
  /// The size that it had when it was opened.
  std::int64_t size() const { return size_; }
  const std::string& path() const { return temporary_; }

  void keep(bool keep) { keep_ = keep; }
  /// Errors: missing if the file was removed or replaced, so that nothing written to it can be published.
  void check_named() const;
  /// Refuses a target that another process created. Errors: locked.
  void check_target() const;
  /// Renames the file and syncs the folder to the disk. Errors: locked, if another process created the target
  /// and `force` is false; io.
  void publish();

 private:
  bool create();
  bool reopen();
  void copy_mode();

  std::string path_;
  std::string target_;  ///< `path` with symbolic links resolved
  std::string temporary_;
  Descriptor file_;
  std::int64_t size_ = 0;
  int mode_;
  bool force_, keep_ = false, published_ = false;
};

}  // namespace sightline
