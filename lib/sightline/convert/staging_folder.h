// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sightline/files/descriptor.h"

namespace sightline {

/// A folder that appears whole or not at all: its files are written into "<path>.part" and the folder is
/// renamed by `commit`. Not committed: removed. Locked against other runs.
class StagingFolder {
 public:
  /// A symbolic link is kept and its target replaced; a folder that is replaced keeps its mode. Errors:
  /// locked (exists and not `force`, or in use by another process); io; unsafe (what would be replaced is not
  /// a model folder, or is the current folder).
  StagingFolder(const std::string& path, bool force);
  ~StagingFolder();
  StagingFolder(const StagingFolder&) = delete;
  StagingFolder& operator=(const StagingFolder&) = delete;

  /// Where the files go until `commit`.
  const std::string& part() const { return part_; }
  /// Errors: locked when the folder was created by another process meanwhile; no_space, io.
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
  Descriptor lock_;    ///< of the folder written
  int old_mode_ = -1;  ///< of the folder to be replaced, -1 when there is none
  bool committed_ = false;
};

}  // namespace sightline
