// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
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

 private:
  void require_absent() const;

  std::string path_;
  bool force_;
  std::unique_ptr<OutputFile> file_;
};

/// An empty journal of an array, in place of that of an interrupted run, which another output replaces.
/// Errors: those of JournalFile::create.
JournalFile new_journal(const std::string& array);

}  // namespace sightline::app
