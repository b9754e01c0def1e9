// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>

#include "cli/failure.h"
#include "sightline/files/input_stream.h"

namespace sightline::app {

enum class ListKind { texts, paths };

/// The most bytes of a list that is held in memory.
inline constexpr std::int64_t kMaxListBytes = 4LL << 30;

/// How the lines of a file end, and how long they may be.
struct LineRules {
  ListKind kind = ListKind::texts;  ///< for messages
  bool null_separated = false;      ///< they end with NUL instead of LF or CRLF, and hold any other bytes
  std::size_t max_line_bytes = std::numeric_limits<std::size_t>::max();
  std::int64_t max_bytes = std::numeric_limits<std::int64_t>::max();  ///< of the whole file
};

/// Reads a text file, a pipe such as <(command), or stdin ("-") line by line as it arrives. Its memory is
/// bounded by the longest line.
class LineReader {
 public:
  /// Opens the file without waiting for the writer of a pipe. Errors: Failure of Stage::inputs, or
  /// Stage::streams for stdin: missing, io; unsupported for folders and devices.
  LineReader(const std::string& path, const LineRules& rules);

  /// Reads the next line without its end; the last one needs none. Unless lines end with NUL, a UTF-8 byte
  /// order mark at the start is ignored. Returns false at the end of the file. `line` is valid until the next
  /// call. May wait for a pipe. Errors: Failure as above: io; limit; header, with the line, for a NUL byte or
  /// a UTF-16 byte order mark (again, unless lines end with NUL); Interrupted.
  bool next(std::string_view& line);
  /// The unread bytes that have arrived, to see what kind of file it is: at least `count`, the first line or
  /// all of the file. Valid until the next call. Errors: as `next`, without those of lines.
  std::string_view head(std::size_t count);
  /// Reads at most `out.size()` bytes instead of lines; waits if nothing has arrived. Returns how many; 0
  /// only at the end. Errors: as `head`.
  std::size_t read_bytes(std::span<std::byte> out);
  /// The number of the line that `next` returned last, from 1.
  std::int64_t number() const { return number_; }
  /// Whether `next` would return without waiting. Waits up to `patience` for more input. Errors: as `next`.
  bool ready(std::chrono::milliseconds patience);

  /// Whether it is a regular file, which can be read twice.
  bool is_regular() const { return input_.is_regular(); }
  /// Starts again at the first line of a regular file. Errors: Failure: io.
  void rewind();

  /// "standard input" for stdin, else the path.
  const std::string& name() const { return name_; }
  bool is_stdin() const { return stage_ == Stage::streams; }

 private:
  bool has_line();
  void fill();
  void check_text(std::string_view line) const;
  [[noreturn]] void fail_limit(const std::string& what, std::string_view limit) const;

  std::string name_;
  Stage stage_;
  LineRules rules_;
  InputStream input_;
  std::string buffer_;
  std::size_t begin_ = 0;    ///< of the next line in the buffer
  std::size_t scanned_ = 0;  ///< no line ends between begin_ and here
  std::int64_t number_ = 0, bytes_ = 0;
  bool at_end_ = false;
};

}  // namespace sightline::app
