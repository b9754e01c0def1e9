// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sightline/base/hash.h"

namespace sightline {

/// A hash of a list of inputs, which shows whether two runs have the same list in the same order. It covers
/// the exact bytes of the labels and their number.
class ListHash {
 public:
  /// Adds an input of which only the label counts: a text, or an image that is not a file.
  void add(std::string_view label);
  /// Adds a file. `mtime_ns`: time of the last modification in nanoseconds since 1970.
  void add(std::string_view path, std::int64_t size, std::int64_t mtime_ns);
  /// 32 lower-case hexadecimal digits.
  std::string hex() const { return hash_.hex(); }

 private:
  void add_number(std::uint64_t number);

  Hash128 hash_;
};

}  // namespace sightline
