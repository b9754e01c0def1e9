// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <string>

#include "sightline/embeddings/journal_file.h"
#include "sightline/files/file.h"

namespace sightline::app {

/// A file beside an array that describes its contents. It is written together with the array; a stale one is
/// removed, so that it never describes another array.
class Companion {
 public:
  /// If `enabled`, opens the file. Otherwise, removes the temporary file that an interrupted run left, and
  /// `commit` removes an existing file. Errors: those of OutputFile; locked if the file exists, is not
  /// enabled, and `force` was not given.
  Companion(std::string path, bool enabled, bool force, Leftover leftover = Leftover::remove);

  /// Null if the file is not enabled.
  OutputFile* file() const { return file_.get(); }
  /// Refuses a file that was created during this run, unless `force` was given. Errors: locked.
  void check_target() const;
  /// Errors of both: those of OutputFile; locked when one that is not wanted was created during this run and
  /// `force` was not given; io when it cannot be removed.
  void prepare_commit();
  void commit();
  /// Removes the file that `commit` would replace or remove, if it exists. Errors: io.
  void remove_existing() const;

 private:
  void require_absent() const;

  std::string path_;
  bool force_;
  std::unique_ptr<OutputFile> file_;
};

/// Publishes a completed array and its companions. An array that is replaced loses its companions first, and
/// a new one gets them first: even if the process is killed between two steps, no array is beside the
/// companions of another one. Errors: those of OutputFile and Companion.
void commit_array(OutputFile& array, const std::string& path, std::span<Companion* const> companions);

/// An empty journal of an array, in place of that of an interrupted run, which another output replaces.
/// Errors: those of JournalFile::create.
JournalFile new_journal(const std::string& array);

}  // namespace sightline::app
