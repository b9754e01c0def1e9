// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "cli/failure.h"
#include "sightline/files/descriptor.h"

namespace sightline::app {

/// Reads a text file, a pipe such as <(command), or stdin ("-") line by line as it arrives. Its memory is
/// bounded by the longest line.
class LineStream {
 public:
  static constexpr std::size_t kMaxLineBytes = 4U << 20;

  /// Opens the file without waiting for the writer of a pipe. Errors: Failure of Stage::inputs, or
  /// Stage::streams for stdin: missing, io; unsupported for folders and devices.
  explicit LineStream(const std::string& path);

  /// Reads the next line without its end (LF or CRLF); the last one needs none. A UTF-8 byte order mark at
  /// the start is ignored. Returns false at the end of the file. `line` is valid until the next call. May
  /// wait for a pipe. Errors: Failure as above: io; limit for a line above kMaxLineBytes; header, with the
  /// line, for a NUL byte or a UTF-16 byte order mark; Interrupted.
  bool next(std::string_view& line);
  /// The number of the line that `next` returned last, from 1.
  std::int64_t number() const { return number_; }
  /// Whether `next` would return without waiting. Waits up to `patience` for more input. Errors: as `next`.
  bool ready(std::chrono::milliseconds patience);

  /// Whether it is a regular file, which can be read twice.
  bool is_regular() const { return is_regular_; }
  /// Starts again at the first line of a regular file. Errors: Failure: io.
  void rewind();

  /// "standard input" for stdin, else the path.
  const std::string& name() const { return name_; }
  bool is_stdin() const { return stage_ == Stage::streams; }

 private:
  bool has_line();
  void fill(bool wait);

  std::string name_;
  Stage stage_;
  Descriptor owned_;  ///< not open for stdin
  int descriptor_;
  bool is_regular_ = false, at_end_ = false;
  std::int64_t start_ = 0;  ///< the offset of the first line in a regular file
  std::string buffer_;
  std::size_t begin_ = 0;    ///< of the next line in the buffer
  std::size_t scanned_ = 0;  ///< no line ends between begin_ and here
  std::int64_t number_ = 0;
};

}  // namespace sightline::app
