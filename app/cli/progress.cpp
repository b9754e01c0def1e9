// SPDX-License-Identifier: Apache-2.0
#include "cli/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <csignal>
#include <limits>
#include <string>

#include "cli/signals.h"

namespace sightline::app {
namespace {

constexpr std::chrono::milliseconds kInPlaceInterval(200), kLineInterval(10'000);  // between updates
constexpr std::size_t kDefaultColumns = 80;
constexpr std::string_view kEraseLine = "\r\x1b[K";

/// The width of the terminal, which may have changed since the last line.
std::size_t terminal_columns() {
  winsize size = {};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : kDefaultColumns;
}

void print(std::string_view text) {
  std::string line = "sightline: ";
  write_stderr(line.append(text).append("\n"));
}

}  // namespace

Progress::Progress(const ConsoleOptions& options, std::optional<std::int64_t> total, std::string_view unit,
                   std::int64_t done)
    : meter_(total, unit, std::chrono::steady_clock::now(), done),
      quiet_(options.quiet),
      verbose_(options.verbose > 0),
      enabled_(options.progress == When::always ||
               (options.progress == When::automatic && !options.quiet && !stdout_shares_screen())),
      in_place_(stderr_is_terminal() && !terminal_is_dumb()),
      last_(std::chrono::steady_clock::now()) {
  // With --progress always, the in-place line appears from the first item on.
  if (options.progress == When::always && in_place_) last_ -= kInPlaceInterval;
}

Progress::~Progress() {
  clear();
  const int signal = pending_signal();
  if (quiet_ || signal == 0 || signal == SIGPIPE) return;
  print("interrupted after " + meter_.count_text());
}

void Progress::advance(const ProgressItem& item) {
  meter_.add(item);
  show_if_due();
}

void Progress::advance_by(std::int64_t items) {
  meter_.add_good(items);
  show_if_due();
}

void Progress::show_if_due() {
  if (!enabled_ || meter_.complete()) return;
  const auto now = std::chrono::steady_clock::now();
  if (now - last_ >= (in_place_ ? kInPlaceInterval : kLineInterval)) show(now);
}

void Progress::show(ProgressMeter::Time now) {
  last_ = now;
  if (!in_place_) {
    print(meter_.line(now, std::numeric_limits<std::size_t>::max()));
    printed_ = true;
    return;
  }
  // A character in the last column would wrap the line on some terminals.
  write_stderr(std::string(kEraseLine) + meter_.line(now, terminal_columns() - 1));
  shown_ = true;
}

void Progress::clear() {
  if (shown_) write_stderr(kEraseLine);
  shown_ = false;
}

void Progress::finish() {
  clear();
  if ((printed_ || verbose_) && pending_signal() == 0)
    print(meter_.summary(std::chrono::steady_clock::now()));
}

}  // namespace sightline::app
