// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace sightline {

/// A shared library that is loaded on first use, so that runs that do not need it neither wait for it nor
/// depend on it. It stays loaded until the process ends.
/// Thread-safety: a function-local static is loaded once and is safe to share afterwards.
class SharedLibrary {
 public:
  /// Loads the library that the dynamic loader finds under `soname` ("libavif.so.15"). Never throws; see
  /// `problem`.
  explicit SharedLibrary(const char* soname);

  /// Sets `function` to the function of this name in the library, or to null if there is none.
  template <class Function>
  void find(Function*& function, const char* name) {
    function = reinterpret_cast<Function*>(symbol(name));
    if (function == nullptr) {
      note_missing(name);
    }
  }
  /// The same for an optional function, which only newer versions of the library have.
  template <class Function>
  void find_optional(Function*& function, const char* name) {
    function = reinterpret_cast<Function*>(symbol(name));
  }

  /// Why the library cannot be used, for a message: it failed to load, or a required function is missing.
  /// Empty if the library is usable.
  const std::string& problem() const { return problem_; }

 private:
  void* symbol(const char* name) const;
  void note_missing(const char* name);
  std::string soname_;
  void* handle_;
  std::string problem_;
};

}  // namespace sightline
