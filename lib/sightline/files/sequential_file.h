// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "sightline/files/descriptor.h"

namespace sightline {

/// Reads once from an open file, and again if a signal interrupts the read. Only stdin can block. Returns the
/// number of bytes; 0 at the end. Errors: io; exceptions from the function of `set_wait_check`.
std::size_t read_some(int descriptor, std::span<std::byte> out, const std::string& path);

/// A regular file or stdin, read from its beginning to its end in one pass.
class SequentialFile {
 public:
  /// "-" and /dev/stdin are stdin, which only the program reads. Errors: missing, io, unsupported for
  /// folders, FIFOs, sockets and devices given by name.
  explicit SequentialFile(const std::string& path);

  /// Reads at most `out.size()` bytes. Returns how many; 0 only at the end. Errors: io; exceptions from the
  /// function of `set_wait_check`, which every call invokes.
  std::size_t read(std::span<std::byte> out);

  /// Seeks over at most `count` bytes. Returns how many; 0 at the end of the file, and always for stdin,
  /// which must be read.
  std::int64_t seek_over(std::int64_t count);

 private:
  std::string path_;
  Descriptor owned_;  ///< not open for stdin
  int descriptor_;
  std::optional<std::int64_t> size_;  ///< empty for stdin
  std::int64_t position_ = 0;
};

}  // namespace sightline
