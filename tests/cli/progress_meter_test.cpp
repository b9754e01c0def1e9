// SPDX-License-Identifier: Apache-2.0
#include "cli/progress_meter.h"

#include <limits>

#include "support/catch.h"

using namespace sightline::app;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t kAnyWidth = std::numeric_limits<std::size_t>::max();
const ProgressMeter::Time kStart{};

void add(ProgressMeter& meter, int count, const ProgressItem& item = {}) {
  for (int i = 0; i < count; ++i) meter.add(item);
}

}  // namespace

TEST_CASE("progress: durations are minutes and seconds, with hours from one hour on", "[cli]") {
  CHECK(duration_text(0) == "0:00");
  CHECK(duration_text(6.4) == "0:06");
  CHECK(duration_text(59.6) == "1:00");
  CHECK(duration_text(1308) == "21:48");
  CHECK(duration_text(3599.4) == "59:59");
  CHECK(duration_text(3599.5) == "1:00:00");
  CHECK(duration_text(11109) == "3:05:09");
  CHECK(duration_text(1e6) == "277:46:40");
  CHECK(duration_text(1e300).size() < 64);
}

TEST_CASE("progress: a line has counts, rates and the remaining time", "[cli]") {
  ProgressMeter meter(340, "images", kStart);
  add(meter, 20, {.bytes = 1'600'000});
  CHECK(meter.line(kStart + 10s, kAnyWidth) == "20 of 340 images, 2.0/s, 3.2 MB/s, 2:40 left");
  add(meter, 1, {.skipped = true});
  add(meter, 3, {.reused = true});
  CHECK(meter.line(kStart + 12s, kAnyWidth) ==
        "24 of 340 images, 1.8/s, 2.7 MB/s, 2:38 left, 1 skipped, 3 reused");
  CHECK_FALSE(meter.complete());
  add(meter, 316);
  CHECK(meter.complete());
}

TEST_CASE("progress: an unknown total has no remaining time", "[cli]") {
  ProgressMeter meter(std::nullopt, "pairs", kStart);
  add(meter, 5);
  CHECK(meter.line(kStart + 10s, kAnyWidth) == "5 pairs, 0.50/s");
  CHECK_FALSE(meter.complete());
}

TEST_CASE("progress: nothing is divided by zero at the first item", "[cli]") {
  ProgressMeter meter(2, "texts", kStart);
  CHECK(meter.line(kStart, kAnyWidth) == "0 of 2 texts, 0.00/s");
  add(meter, 1);
  CHECK(meter.line(kStart, kAnyWidth) == "1 of 2 texts, 1000/s, 0:00 left");
}

TEST_CASE("progress: rates are those of the last half minute", "[cli]") {
  ProgressMeter meter(10'000, "images", kStart);
  for (int second = 1; second <= 60; ++second) {
    add(meter, 10);
    meter.line(kStart + std::chrono::seconds(second), kAnyWidth);
  }
  for (int second = 61; second <= 90; ++second) {
    add(meter, 40);
    meter.line(kStart + std::chrono::seconds(second), kAnyWidth);
  }
  CHECK(meter.line(kStart + 90s, kAnyWidth) == "1800 of 10000 images, 40.0/s, 3:25 left");
  CHECK(meter.summary(kStart + 90s) == "1800 images in 1:30, 20.0/s");
}

TEST_CASE("progress: reused items shorten the remaining time and do not raise the rate", "[cli]") {
  ProgressMeter meter(1000, "images", kStart);
  add(meter, 90, {.reused = true});
  add(meter, 10);
  CHECK(meter.line(kStart + 10s, kAnyWidth) == "100 of 1000 images, 1.0/s, 1:30 left, 90 reused");
  CHECK(meter.summary(kStart + 10s) == "100 images in 0:10, 1.0/s, 90 reused");
}

TEST_CASE("progress: rates and times of a continued run are those of this process", "[cli]") {
  ProgressMeter meter(1000, "images", kStart, 900);
  CHECK(meter.line(kStart, kAnyWidth) == "900 of 1000 images, 0.00/s");
  add(meter, 20);
  CHECK(meter.line(kStart + 10s, kAnyWidth) == "920 of 1000 images, 2.0/s, 0:40 left");
  add(meter, 80);
  CHECK(meter.complete());
  CHECK(meter.summary(kStart + 50s) == "1000 images, 100 of them in 0:50, 2.0/s");
}

TEST_CASE("progress: a line fits every width", "[cli]") {
  const auto line = [](std::size_t columns) {
    ProgressMeter meter(340, "images", kStart);
    add(meter, 20, {.skipped = true, .reused = true, .bytes = 1'600'000});
    add(meter, 20);
    return meter.line(kStart + 10s, columns);
  };
  for (std::size_t columns = 0; columns < 90; ++columns) CHECK(line(columns).size() <= columns);
  CHECK(line(67) == "40 of 340 images, 2.0/s, 3.2 MB/s, 1:15 left, 20 skipped, 20 reused");
  CHECK(line(66) == "40 of 340 images, 2.0/s, 1:15 left, 20 skipped, 20 reused");
  CHECK(line(54) == "40 of 340 images, 2.0/s, 1:15 left, 20 skipped");
  CHECK(line(40) == "40 of 340 images, 2.0/s, 1:15 left");
  CHECK(line(30) == "40 of 340 images, 1:15 left");
  CHECK(line(20) == "40 of 340 images");
  CHECK(line(6) == "40 of ");
}
