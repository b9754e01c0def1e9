// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace sightline {

/// A shared library that is loaded when it is first needed, so that runs that do not need it neither wait for
/// its loading nor depend on it. It stays loaded until the process ends. Thread-safety: as a function-local
/// static it is loaded once; const afterwards.
class SharedLibrary {
 public:
  /// Loads the library that the loader finds under `soname` ("libavif.so.15"). Never throws: see `problem`.
  explicit SharedLibrary(const char* soname);

  /// Sets `function` to the library's function of this name, to null when there is none.
  template <class Function>
  void find(Function*& function, const char* name) {
    function = reinterpret_cast<Function*>(symbol(name));
    if (function == nullptr) {
      note_missing(name);
    }
  }
  /// The same for a function that may be missing: only newer versions of the library have it.
  template <class Function>
  void find_optional(Function*& function, const char* name) {
    function = reinterpret_cast<Function*>(symbol(name));
  }

  /// Why the library cannot be used, for a message: it cannot be loaded, or lacks a function that was looked
  /// for. Empty when all is well.
  const std::string& problem() const { return problem_; }

 private:
  void* symbol(const char* name) const;
  void note_missing(const char* name);
  std::string soname_;
  void* handle_;
  std::string problem_;
};

}  // namespace sightline
