// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sightline/base/shared_library.h"

namespace sightline {

/// The functions of a library that a build can do without. An ordinary build loads the library on first use;
/// a static program (`linked`) contains it.
template <bool linked>
class OptionalLibrary {
 public:
  /// `soname`: the name under which the loader finds the library; ignored if it is linked. Never throws; see
  /// `problem`.
  explicit OptionalLibrary(const char* soname) : library_(soname) {}

  /// Sets `pointer` to the library's `function`, whose name is `name`; to null when the loaded library has
  /// none.
  template <auto function>
  void find(decltype(function)& pointer, const char* name) {
    library_.find(pointer, name);
  }

  /// Why the library cannot be used, for a message; empty when all is well.
  const std::string& problem() const { return library_.problem(); }

 private:
  SharedLibrary library_;
};

template <>
class OptionalLibrary<true> {
 public:
  explicit OptionalLibrary(const char*) {}

  template <auto function>
  void find(decltype(function)& pointer, const char*) {
    pointer = function;
  }

  const std::string& problem() const { return problem_; }

 private:
  std::string problem_;
};

}  // namespace sightline
