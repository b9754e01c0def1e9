// SPDX-License-Identifier: Apache-2.0
#include "cli/progress_meter.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <vector>

namespace sightline::app {
namespace {

constexpr std::chrono::seconds kRateWindow(30);     // the items of a folder differ in cost
constexpr std::chrono::seconds kSampleInterval(1);  // bounds the number of samples
constexpr double kBytesPerMegabyte = 1e6;

/// A part of a line; the one with the largest `dispensable` is left out first.
struct Part {
  std::string text;
  int dispensable;
};

double seconds_between(ProgressMeter::Time begin, ProgressMeter::Time end) {
  return std::chrono::duration<double>(end - begin).count();
}

/// Two decimals below 1, one below 100, else none.
std::string rate_text(double value, const char* unit) {
  std::array<char, 64> text;
  std::snprintf(text.data(), text.size(), "%.*f%s", value < 1 ? 2 : value < 100 ? 1 : 0, value, unit);
  return text.data();
}

std::string join(const std::vector<Part>& parts) {
  std::string line;
  for (const Part& part : parts) line.append(line.empty() ? "" : ", ").append(part.text);
  return line;
}

}  // namespace

std::string duration_text(double seconds) {
  const auto whole = static_cast<std::int64_t>(std::llround(std::min(seconds, 1e15)));
  const std::int64_t hours = whole / 3600, minutes = whole / 60 % 60, rest = whole % 60;
  std::array<char, 64> text;
  if (hours > 0) {
    std::snprintf(text.data(), text.size(), "%lld:%02lld:%02lld", static_cast<long long>(hours),
                  static_cast<long long>(minutes), static_cast<long long>(rest));
  } else {
    std::snprintf(text.data(), text.size(), "%lld:%02lld", static_cast<long long>(minutes),
                  static_cast<long long>(rest));
  }
  return text.data();
}

ProgressMeter::ProgressMeter(std::optional<std::int64_t> total, std::string_view unit, Time start,
                             std::int64_t done)
    : total_(total),
      unit_(unit),
      start_(start),
      earlier_(done),
      now_{.done = done},
      samples_{{start, now_}} {}

void ProgressMeter::add(const ProgressItem& item) {
  ++now_.done;
  now_.skipped += item.skipped ? 1 : 0;
  now_.reused += item.reused ? 1 : 0;
  now_.bytes += item.bytes;
}

std::string ProgressMeter::count_text() const {
  const std::string of = total_ ? " of " + std::to_string(*total_) : "";
  return std::to_string(now_.done) + of + " " + unit_;
}

/// Keeps one sample that is at least as old as the window, so that the rates cover it whole.
void ProgressMeter::take_sample(Time now) {
  if (now - samples_.back().time >= kSampleInterval) samples_.push_back({now, now_});
  while (samples_.size() > 1 && now - samples_[1].time >= kRateWindow) samples_.pop_front();
}

std::string ProgressMeter::line(Time now, std::size_t columns) {
  const Sample& from = samples_.front();
  const double seconds = std::max(seconds_between(from.time, now), 1e-3);
  const auto done = static_cast<double>(now_.done - from.counts.done);
  const double encoded = done - static_cast<double>(now_.reused - from.counts.reused);
  std::vector<Part> parts = {{count_text(), 0}, {rate_text(encoded / seconds, "/s"), 2}};
  if (now_.bytes > 0) {
    const auto bytes = static_cast<double>(now_.bytes - from.counts.bytes);
    parts.push_back({rate_text(bytes / kBytesPerMegabyte / seconds, " MB/s"), 5});
  }
  if (total_ && done > 0) {
    const auto left = static_cast<double>(std::max<std::int64_t>(*total_ - now_.done, 0));
    parts.push_back({duration_text(left * seconds / done) + " left", 1});
  }
  if (now_.skipped > 0) parts.push_back({std::to_string(now_.skipped) + " skipped", 3});
  if (now_.reused > 0) parts.push_back({std::to_string(now_.reused) + " reused", 4});
  take_sample(now);
  while (parts.size() > 1 && join(parts).size() > columns)
    parts.erase(std::ranges::max_element(parts, {}, &Part::dispensable));
  return join(parts).substr(0, columns);
}

std::string ProgressMeter::summary(Time now) const {
  const double seconds = seconds_between(start_, now), divisor = std::max(seconds, 1e-3);
  const std::int64_t done = now_.done - earlier_;
  std::string text = std::to_string(now_.done) + " " + unit_;
  if (earlier_ > 0) text += ", " + std::to_string(done) + " of them";
  text += " in " + duration_text(seconds);
  text += ", " + rate_text(static_cast<double>(done - now_.reused) / divisor, "/s");
  if (now_.bytes > 0)
    text += ", " + rate_text(static_cast<double>(now_.bytes) / kBytesPerMegabyte / divisor, " MB/s");
  if (now_.skipped > 0) text += ", " + std::to_string(now_.skipped) + " skipped";
  if (now_.reused > 0) text += ", " + std::to_string(now_.reused) + " reused";
  return text;
}

}  // namespace sightline::app
