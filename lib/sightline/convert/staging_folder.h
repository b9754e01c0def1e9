// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sightline/files/descriptor.h"

namespace sightline {

/// A folder that becomes visible complete or not at all: its files are written into "<path>.part", which
/// `commit` renames. Without a commit the destructor removes it. It is locked against other runs.
class StagingFolder {
 public:
  /// If `path` is a symbolic link, its target is replaced. A replaced folder keeps its mode. Errors: locked
  /// (exists and not `force`, or in use by another process); io; unsafe (the folder to be replaced is not a
  /// model folder, or is the current folder).
  StagingFolder(const std::string& path, bool force);
  ~StagingFolder();
  StagingFolder(const StagingFolder&) = delete;
  StagingFolder& operator=(const StagingFolder&) = delete;

  /// The folder that contains the files until `commit`.
  const std::string& part() const { return part_; }
  /// Publishes the folder. Errors: locked if another process created it during this run; no_space, io.
  void commit();

 private:
  void check_target(bool force);
  void make_part();
  void discard_stale();
  void publish();
  void swap_in_steps();

  std::string path_;    ///< as given, for messages
  std::string target_;  ///< with symbolic links resolved
  std::string part_;
  Descriptor lock_;    ///< lock on the folder being written
  int old_mode_ = -1;  ///< mode of the folder to be replaced; -1 if there is none
  bool committed_ = false;
};

}  // namespace sightline
