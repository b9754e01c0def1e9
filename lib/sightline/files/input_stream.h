// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "sightline/files/descriptor.h"
#include "sightline/files/regular_file.h"

namespace sightline {

/// Whether the content of `path` may arrive little by little: stdin ("-" or /dev/stdin) unless it is a
/// regular file, or a FIFO, such as <(command) of a shell. False if there is nothing at `path`.
bool is_stream(const std::string& path);

/// Reads once from an open file, and again if a signal interrupts the read. Waits for stdin. Returns the
/// number of bytes; 0 at the end. Errors: io; exceptions from the function of `set_wait_check`.
std::size_t read_some(int descriptor, std::span<std::byte> out, const std::string& path);

/// A file or stdin, read from its beginning to its end as it arrives. Not thread-safe.
class InputStream {
 public:
  /// "-" and /dev/stdin are stdin, which only the program reads. Does not wait for the writer of a FIFO.
  /// Errors: those of `open_file`; io if stdin is closed or a folder.
  explicit InputStream(const std::string& path, Fifos fifos = Fifos::refuse);

  /// Waits for up to `patience` until `read` can proceed without waiting, and returns whether it can. Calls
  /// the function of `set_wait_check`, whose exceptions propagate.
  bool ready(std::chrono::milliseconds patience = {}) const;
  /// Reads at most `out.size()` bytes of what has arrived; waits if nothing has. Returns how many; 0 only at
  /// the end. Errors: io; exceptions from the function of `set_wait_check`, which every call invokes.
  std::size_t read(std::span<std::byte> out);

  /// Seeks over at most `count` bytes. Returns how many; 0 at the end of the file, and always for stdin and a
  /// FIFO, which must be read.
  std::int64_t seek_over(std::int64_t count);

  /// Whether it is a regular file, which can be read twice.
  bool is_regular() const { return is_regular_; }
  /// Continues at the beginning of a regular file; of one on stdin, where it was opened. Errors: io.
  void rewind();

 private:
  std::string path_;
  Descriptor owned_;  ///< not open for stdin
  int descriptor_;
  bool is_regular_ = false;
  std::int64_t start_ = 0, position_ = 0;
  std::int64_t size_ = 0;  ///< of a regular file that is not stdin
};

}  // namespace sightline
