// SPDX-License-Identifier: Apache-2.0
#include "cli/console.h"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "cli/signals.h"
#include "sightline/base/error.h"
#include "sightline/base/escape.h"
#include "sightline/base/log.h"

namespace sightline::app {
namespace {

constexpr int kWaitMs = 100;

/// Writes all of `text`. Returns the errno of the first failure, or 0. After a signal, it does not wait for a
/// blocked reader.
int write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    pollfd ready{descriptor, POLLOUT, 0};
    while (::poll(&ready, 1, kWaitMs) <= 0) {
      if (pending_signal() != 0) return EINTR;
    }
    const ssize_t count = ::write(descriptor, text.data(), std::min<std::size_t>(text.size(), PIPE_BUF));
    if (count < 0 && errno != EINTR && errno != EAGAIN) return errno;
    if (count > 0) text.remove_prefix(static_cast<std::size_t>(count));
  }
  return 0;
}

bool wants_no_color() {
  const char* no_color = std::getenv("NO_COLOR");
  return (no_color != nullptr && *no_color != '\0') || terminal_is_dumb();
}

When color_choice = When::automatic;

constexpr std::string_view kBoldRed = "1;31", kYellow = "33";

std::string colored(std::string_view word, std::string_view color) {
  if (!use_color(stderr_is_terminal())) return std::string(word);
  return std::string("\x1b[").append(color).append("m").append(word).append("\x1b[0m");
}

}  // namespace

void write_stderr(std::string_view text) { write_all(STDERR_FILENO, text); }

void write_stdout(std::string_view text) {
  const int error = write_all(STDOUT_FILENO, text);
  if (error == 0) return;
  fail(error == ENOSPC ? ErrorCode::no_space : ErrorCode::io, "standard output",
       std::string("cannot be written: ") + std::strerror(error));
}

bool stdout_is_terminal() { return ::isatty(STDOUT_FILENO) == 1; }
bool stdout_shares_screen() {
  struct stat out = {}, err = {};
  if (::fstat(STDOUT_FILENO, &out) != 0 || ::fstat(STDERR_FILENO, &err) != 0) return false;
  if (!S_ISFIFO(out.st_mode) && !S_ISSOCK(out.st_mode)) return false;
  return stderr_is_terminal() || (out.st_dev == err.st_dev && out.st_ino == err.st_ino);
}
bool stderr_is_terminal() { return ::isatty(STDERR_FILENO) == 1; }
bool terminal_is_dumb() {
  const char* term = std::getenv("TERM");
  return term != nullptr && std::strcmp(term, "dumb") == 0;
}

void choose_color(When choice) { color_choice = choice; }
bool use_color(bool is_terminal) {
  if (color_choice != When::automatic) return color_choice == When::always;
  return is_terminal && !wants_no_color();
}

std::string error_word(std::string_view error_class) {
  std::string word = "error";
  if (!error_class.empty()) word.append("[").append(error_class).append("]");
  return colored(word, kBoldRed);
}

std::string message_line(std::string_view prefix, std::string_view text) {
  std::string line = "sightline: ";
  line += prefix;
  append_terminal_text(line, text);
  return line += '\n';
}

void note(const ConsoleOptions& options, std::string_view line) {
  if (!options.quiet) write_stderr(message_line("", line));
}

void note_warning(const ConsoleOptions& options, std::string_view line) {
  if (!options.quiet) write_stderr(message_line(colored("warning:", kYellow) + " ", line));
}

std::string short_number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, value < 100 ? "%.1f" : "%.0f", value);
  return text;
}

Stopwatch::Stopwatch(const ConsoleOptions& options)
    : enabled_(options.verbose > 0), shapes_(options.verbose > 1), last_(std::chrono::steady_clock::now()) {
  if (shapes_) enable_log();
}

void Stopwatch::lap(std::string_view step) {
  if (!enabled_) return;
  const auto now = std::chrono::steady_clock::now();
  const double milliseconds = std::chrono::duration<double, std::milli>(now - last_).count();
  std::string line = "sightline: ";
  write_stderr(line.append(step).append(": ").append(short_number(milliseconds)).append(" ms\n"));
  last_ = now;
}

void Stopwatch::shape(std::string_view what, std::int64_t rows, std::int64_t columns) {
  if (!shapes_) return;
  std::string line = "sightline: ";
  line.append(what).append(": [").append(std::to_string(rows)).append(", ");
  write_stderr(line.append(std::to_string(columns)).append("]\n"));
}

}  // namespace sightline::app
