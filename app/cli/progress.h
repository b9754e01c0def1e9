// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "cli/console.h"
#include "cli/progress_meter.h"

namespace sightline::app {

/// Shows "12 of 340 images, 57.1/s, 3.2 MB/s, 0:06 left, 1 skipped" on stderr. On a terminal the line is
/// updated in place, fits the current width and is removed at the end; elsewhere a line is printed every 10
/// seconds. Unless `--progress always` is given, -q and a pager (`stdout_shares_screen`) disable it. Not
/// thread-safe.
class Progress {
 public:
  /// `total`, `done`: as for ProgressMeter.
  Progress(const ConsoleOptions& options, std::optional<std::int64_t> total, std::string_view unit,
           std::int64_t done = 0);
  /// If a signal ended the run, prints how many items were processed.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void advance(const ProgressItem& item);
  /// Several items, none of them skipped.
  void advance_by(std::int64_t items);
  /// Removes the line from a terminal so that other output can be written.
  void clear();
  /// Ends the display. Prints the summary of the run with -v, and after lines every 10 seconds.
  void finish();

 private:
  void show_if_due();
  void show(ProgressMeter::Time now);

  ProgressMeter meter_;
  bool quiet_, verbose_, enabled_, in_place_;
  bool shown_ = false;    ///< the line is on the terminal
  bool printed_ = false;  ///< lines were printed elsewhere
  ProgressMeter::Time last_;
};

}  // namespace sightline::app
