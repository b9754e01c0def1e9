// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace sightline::app {

/// One processed item of a run.
struct ProgressItem {
  bool skipped = false;
  bool reused = false;     ///< its result was copied instead of computed
  std::int64_t bytes = 0;  ///< read for it
};

/// A time span as "0:06", "21:48" or "3:05:09", rounded to seconds. `seconds`: finite, at least 0.
std::string duration_text(double seconds);

/// Counts the items of a run and describes its progress. It reads no clock; the caller passes the time.
class ProgressMeter {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// `total`: the number of items; nullopt if it is not known. `done`: those that an earlier, interrupted
  /// process has done; only counts include them, not rates and times.
  ProgressMeter(std::optional<std::int64_t> total, std::string_view unit, Time start, std::int64_t done = 0);

  void add(const ProgressItem& item);
  /// Adds several items, none of them skipped or reused.
  void add_good(std::int64_t items) { now_.done += items; }
  /// Whether all items of a known total are done.
  bool complete() const { return total_ && now_.done >= *total_; }

  /// "12 of 340 images": the part that every line begins with.
  std::string count_text() const;
  /// "12 of 340 images, 57.1/s, 3.2 MB/s, 0:06 left, 1 skipped, 3 reused". Rates and the remaining time are
  /// those of about the last 30 seconds. The least important parts are left out until the line has at most
  /// `columns` characters; the last one is cut.
  std::string line(Time now, std::size_t columns);
  /// The whole run: "340 images in 0:06, 57.1/s, 3.2 MB/s, 1 skipped". Of one that was interrupted: "340
  /// images, 120 of them in 0:02, 60.0/s".
  std::string summary(Time now) const;

 private:
  struct Counts {
    std::int64_t done = 0, skipped = 0, reused = 0, bytes = 0;
  };
  struct Sample {
    Time time;
    Counts counts;
  };

  void take_sample(Time now);

  std::optional<std::int64_t> total_;
  std::string unit_;
  Time start_;
  std::int64_t earlier_;
  Counts now_;
  std::deque<Sample> samples_;  ///< the first one is where the rates begin
};

}  // namespace sightline::app
