// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "cli/console.h"

namespace sightline::app {

/// Shows "12 of 340 images, 57.1/s, 6 s left, 1 skipped" on stderr. On a terminal the line is updated in
/// place and removed at the end; elsewhere a line is printed every 10 seconds. Unless `--progress always` is
/// given, -q and a pager (`stdout_shares_screen`) disable it. Not thread-safe.
class Progress {
 public:
  Progress(const ConsoleOptions& options, std::int64_t total, std::string_view unit);
  /// If a signal ended the run, prints how many items were processed.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void advance(bool skipped);
  /// Several items, none of them skipped.
  void advance_by(std::int64_t items);
  /// Removes the line from a terminal so that other output can be written.
  void clear();

 private:
  void show_if_due();
  void show(std::chrono::steady_clock::time_point now);

  std::int64_t total_, done_ = 0, skipped_ = 0;
  std::string unit_;
  bool quiet_, enabled_, in_place_, shown_ = false;
  std::chrono::steady_clock::time_point start_, last_;
};

}  // namespace sightline::app
