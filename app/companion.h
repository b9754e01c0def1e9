// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "options.h"
#include "sightline/files/file.h"
#include "sightline/output/table_writer.h"

namespace sightline::app {

/// A file beside an array that says what the array holds: it is written together with it, or does not stay
/// beside an array that it does not describe.
class Companion {
 public:
  /// `wanted`: opens the file. Not `wanted`: one that is there is removed by `commit`. Errors: those of
  /// OutputFile; locked when it is not wanted, but there, and `force` was not given.
  Companion(std::string path, bool wanted, bool force);

  /// Null when it is not wanted.
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

/// The names of all files that describe the array of this output, whichever command writes them; none when it
/// is no .npy file.
std::vector<std::string> companions_of(const OutputOptions& options, TableFormat format);

/// The name beside which the files that describe the array `path` are looked for: its own, or, where none
/// lies beside a symbolic link, that of the file it leads to.
std::string described_name(const std::string& path);

}  // namespace sightline::app
