// SPDX-License-Identifier: Apache-2.0
#include "cli/progress.h"

#include <csignal>

#include "cli/signals.h"

namespace sightline::app {
namespace {

constexpr std::chrono::milliseconds kInPlaceInterval(200), kLineInterval(10'000);  // between updates

}  // namespace

Progress::~Progress() {
  clear();
  const int signal = pending_signal();
  if (quiet_ || signal == 0 || signal == SIGPIPE) return;
  std::string line = "sightline: interrupted after ";
  line.append(std::to_string(done_)).append(" of ").append(std::to_string(total_)).append(" ");
  write_stderr(line.append(unit_).append("\n"));
}

Progress::Progress(const ConsoleOptions& options, std::int64_t total, std::string_view unit)
    : total_(total),
      unit_(unit),
      quiet_(options.quiet),
      enabled_(options.progress == When::always ||
               (options.progress == When::automatic && !options.quiet && !stdout_shares_screen())),
      in_place_(stderr_is_terminal() && !terminal_is_dumb()),
      start_(std::chrono::steady_clock::now()),
      // With --progress always, the in-place line appears from the first item on.
      last_(options.progress == When::always && in_place_ ? start_ - kInPlaceInterval : start_) {}

void Progress::advance(bool skipped) {
  ++done_;
  if (skipped) ++skipped_;
  show_if_due();
}

void Progress::advance_by(std::int64_t items) {
  done_ += items;
  show_if_due();
}

void Progress::show_if_due() {
  if (!enabled_) return;
  const auto now = std::chrono::steady_clock::now();
  const auto pause = in_place_ ? kInPlaceInterval : kLineInterval;
  if (done_ < total_ && now - last_ >= pause) show(now);
}

void Progress::show(std::chrono::steady_clock::time_point now) {
  last_ = now;
  const double seconds = std::chrono::duration<double>(now - start_).count();
  const double rate = static_cast<double>(done_) / (seconds > 0 ? seconds : 1);
  const double left = rate > 0 ? static_cast<double>(total_ - done_) / rate : 0;
  std::string line = in_place_ ? "\r\x1b[K" : "sightline: ";
  line += std::to_string(done_) + " of " + std::to_string(total_) + " " + unit_ + ", " + short_number(rate) +
          "/s, " + short_number(left) + " s left";
  if (skipped_ > 0) line += ", " + std::to_string(skipped_) + " skipped";
  if (!in_place_) line += "\n";
  write_stderr(line);
  shown_ = in_place_;
}

void Progress::clear() {
  if (shown_) write_stderr("\r\x1b[K");
  shown_ = false;
}

}  // namespace sightline::app
