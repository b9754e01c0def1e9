// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sightline::app {

enum class When { automatic, always, never };

/// Options for messages on stderr.
struct ConsoleOptions {
  bool quiet = false;
  int verbose = 0;  ///< 1: timings, 2: shapes and the library's diagnostics
  When progress = When::automatic;
};

/// Writes all of `text` to stderr and ignores failures.
void write_stderr(std::string_view text);
/// Writes all of `text` to stdout. Errors: io, no_space.
void write_stdout(std::string_view text);

bool stdout_is_terminal();
/// Whether lines on stderr would be mixed with the output that a pager shows: stdout is a pipe or a socket,
/// and stderr is a terminal or the same pipe.
bool stdout_shares_screen();
bool stderr_is_terminal();
/// Whether TERM is "dumb": the terminal has no escape sequences.
bool terminal_is_dumb();
/// Sets `--color` for the whole program, because fatal errors are printed where no options are available.
void choose_color(When choice);
/// Whether to use escape sequences: `--color`, else only on a terminal without NO_COLOR and TERM=dumb.
bool use_color(bool is_terminal);
/// "error[TRUNC]", or "error" without a class; coloured if stderr supports it.
std::string error_word(std::string_view error_class);

/// "sightline: ", `prefix` and `text` as one line of a terminal. The text may quote paths and contents of
/// files, so its control characters are escaped; the prefix may contain colours.
std::string message_line(std::string_view prefix, std::string_view text);
/// Prints a `message_line` on stderr unless quiet.
void note(const ConsoleOptions& options, std::string_view line);
/// A note that begins with "warning: ", coloured if stderr supports it.
void note_warning(const ConsoleOptions& options, std::string_view line);

/// One decimal below 100, none above.
std::string short_number(double value);

/// With -v, prints the duration of each step on stderr; with -vv, also the diagnostics of the library.
class Stopwatch {
 public:
  explicit Stopwatch(const ConsoleOptions& options);
  /// Prints "model loaded: 12.3 ms", the time since the last call.
  void lap(std::string_view step);
  /// With -vv, prints "scores: [12, 3]".
  void shape(std::string_view what, std::int64_t rows, std::int64_t columns);

 private:
  bool enabled_, shapes_;
  std::chrono::steady_clock::time_point last_;
};

}  // namespace sightline::app
