#pragma once

#include <memory>
#include <string>

#include "sightline/io/file.h"

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
  /// Errors of both: those of OutputFile; io when it cannot be removed.
  void settle();
  void commit();

 private:
  std::string path_;
  std::unique_ptr<OutputFile> file_;
};

}  // namespace sightline::app
