// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sightline/base/shared_library.h"

namespace sightline {

/// The functions of an image library that a build can do without. An ordinary build loads the library when
/// its first image comes; a static program (`linked`) holds it.
template <bool linked>
class CodecLibrary {
 public:
  /// `soname`: what the loader finds the library under; not looked at when it is linked. Never throws: see
  /// `problem`.
  explicit CodecLibrary(const char* soname) : library_(soname) {}

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
class CodecLibrary<true> {
 public:
  explicit CodecLibrary(const char*) {}

  template <auto function>
  void find(decltype(function)& pointer, const char*) {
    pointer = function;
  }

  const std::string& problem() const { return problem_; }

 private:
  std::string problem_;
};

}  // namespace sightline
