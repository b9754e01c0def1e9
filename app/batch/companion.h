// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/options.h"
#include "sightline/files/file.h"
#include "sightline/output/table_writer.h"

namespace sightline::app {

/// A file beside an array that describes its contents. It is written together with the array; a stale one is
/// removed, so that it never describes another array.
class Companion {
 public:
  /// If `enabled`, opens the file. Otherwise, `commit` removes an existing one. Errors: those of OutputFile;
  /// locked if the file exists, is not enabled, and `force` was not given.
  Companion(std::string path, bool enabled, bool force, Leftover leftover = Leftover::remove);

  /// Null if the file is not enabled.
  OutputFile* file() const { return file_.get(); }
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

/// The names of all files that can describe the array of this output, regardless of the command; empty if the
/// output is not an .npy file.
std::vector<std::string> companions_of(const OutputOptions& options, TableFormat format);

}  // namespace sightline::app
