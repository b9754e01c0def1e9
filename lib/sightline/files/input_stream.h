// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "sightline/files/descriptor.h"

namespace sightline {

/// Whether the content of `path` may arrive little by little: stdin ("-" or /dev/stdin) unless it is a
/// regular file, or a FIFO, such as <(command) of a shell. False if there is nothing at `path`.
bool is_stream(const std::string& path);

/// An input that is read as it arrives. Not thread-safe.
class InputStream {
 public:
  /// `path`: as for `is_stream`. Does not wait for the writer of a FIFO. Errors: missing, io.
  explicit InputStream(const std::string& path);

  /// Waits for up to `patience` until `read` can proceed without waiting, and returns whether it can. Calls
  /// the function of `set_wait_check`, whose exceptions propagate.
  bool ready(std::chrono::milliseconds patience = {}) const;
  /// Returns what has arrived, at most 64 KiB, or nothing at the end of the stream; waits if nothing has. The
  /// result is valid until the next call. Errors: io.
  std::string_view read();

 private:
  std::string path_;
  Descriptor own_;
  int descriptor_;
  std::string buffer_;
};

}  // namespace sightline
