// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace sightline::app {

enum class When { automatic, always, never };

/// How the program talks to the person at the terminal.
struct ConsoleOptions {
  bool quiet = false;
  int verbose = 0;  ///< 1: timings, 2: shapes and the library's diagnostics
  When progress = When::automatic;
};

/// Writes all of `text` to stderr; failures are nobody's business.
void write_stderr(std::string_view text);
/// Writes all of `text` to stdout. Errors: io, no_space.
void write_stdout(std::string_view text);

bool stdout_is_terminal();
/// Whether a line in place on stderr, or any line there, would end up between what a pager shows of stdout:
/// stdout is a pipe or a socket, and stderr a terminal or the same pipe.
bool stdout_shares_screen();
bool stderr_is_terminal();
/// `--color`, for the whole program: errors that end it are printed far from any options.
void choose_color(When choice);
/// Whether escape sequences may go there: `--color`, else to a terminal without NO_COLOR or TERM=dumb.
bool use_color(bool is_terminal);
/// "error[TRUNC]", or "error" without a class; in colour when stderr takes it.
std::string error_word(std::string_view error_class);

/// A note for the person, unless quiet.
void note(const ConsoleOptions& options, std::string_view line);
/// A note that begins with "warning: ", in colour when stderr takes it.
void note_warning(const ConsoleOptions& options, std::string_view line);

/// With -v: how long each step took, on stderr; with -vv the library's own diagnostics too.
class Stopwatch {
 public:
  explicit Stopwatch(const ConsoleOptions& options);
  /// "model loaded: 12.3 ms", the time since the last call.
  void lap(std::string_view step);
  /// With -vv: "scores: [12, 3]".
  void shape(std::string_view what, std::int64_t rows, std::int64_t columns);

 private:
  bool enabled_, shapes_;
  std::chrono::steady_clock::time_point last_;
};

/// "12 of 340 images, 57.1/s, 6 s left, 1 skipped" on stderr: in one place on a terminal, removed at the end;
/// elsewhere a line every 10 seconds. Unless asked for by name, nothing with -q, and nothing beside a pager
/// (`stdout_shares_screen`). Not thread-safe.
class Progress {
 public:
  Progress(const ConsoleOptions& options, std::int64_t total, std::string_view unit);
  /// Says how far it came when a signal ended it.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void advance(bool skipped);
  /// Removes the line from a terminal, so that something else can be written.
  void clear();

 private:
  void show(std::chrono::steady_clock::time_point now);

  std::int64_t total_, done_ = 0, skipped_ = 0;
  std::string unit_;
  bool quiet_, enabled_, in_place_, shown_ = false;
  std::chrono::steady_clock::time_point start_, last_;
};

}  // namespace sightline::app
