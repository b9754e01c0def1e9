// SPDX-License-Identifier: Apache-2.0
#include "batch/batch_queue.h"

#include <chrono>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "cli/failure.h"
#include "support/catch.h"

using namespace sightline;
using namespace sightline::app;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

namespace {

/// Items that arrive at given times; an item "error" throws.
class TimedSource : public ImageSource {
 public:
  struct Arrival {
    milliseconds after;
    std::string path;
    bool stored = false;
  };
  explicit TimedSource(std::vector<Arrival> arrivals) : arrivals_(arrivals.begin(), arrivals.end()) {}

  bool next(ImageItem& item) override {
    if (arrivals_.empty()) return false;
    while (!ready(milliseconds(1000))) {
    }
    item = {.path = arrivals_.front().path};
    if (arrivals_.front().stored) item.stored.emplace();
    arrivals_.pop_front();
    if (item.path == "error") throw Error(ErrorCode::header, "list", "is broken");
    return true;
  }
  bool ready(milliseconds patience = {}) override {
    if (arrivals_.empty()) return true;
    const Clock::time_point due = start_ + arrivals_.front().after;
    std::this_thread::sleep_until(std::min(due, Clock::now() + patience));
    return Clock::now() >= due;
  }

 private:
  std::deque<Arrival> arrivals_;
  Clock::time_point start_ = Clock::now();
};

std::vector<TimedSource::Arrival> at_once(int count) {
  std::vector<TimedSource::Arrival> arrivals;
  for (int i = 0; i < count; ++i) arrivals.push_back({milliseconds(), std::to_string(i)});
  return arrivals;
}

/// The sizes of the batches that one thread takes.
std::vector<std::ptrdiff_t> sizes(TimedSource& source, std::int64_t size) {
  ThreadPool pool(1);
  BatchQueue queue(source, size);
  std::vector<std::ptrdiff_t> sizes;
  std::int64_t images = 0;
  for (ItemBatch batch; queue.take(batch, pool); queue.done()) {
    CHECK(batch.number == std::ssize(sizes));
    CHECK(batch.first == images);
    for (const ImageItem& item : batch.items) CHECK(item.path == std::to_string(images++));
    sizes.push_back(std::ssize(batch.items));
  }
  queue.rethrow_error();
  return sizes;
}

}  // namespace

TEST_CASE("batch queue: batches are full while images are available", "[app]") {
  using Sizes = std::vector<std::ptrdiff_t>;
  for (const auto& [count, expected] : {std::pair(0, Sizes{}), {1, {1}}, {3, {3}}, {7, {3, 3, 1}}}) {
    TimedSource source(at_once(count));
    CHECK(sizes(source, 3) == expected);
  }
}

TEST_CASE("batch queue: images whose rows are stored do not fill a batch", "[app]") {
  auto arrivals = at_once(10);
  for (const std::size_t i : {0U, 1U, 4U, 5U, 6U, 9U}) arrivals[i].stored = true;
  TimedSource mixed(arrivals);
  CHECK(sizes(mixed, 2) == std::vector<std::ptrdiff_t>{4, 5, 1});
  arrivals = at_once(10'000);
  for (TimedSource::Arrival& arrival : arrivals) arrival.stored = true;
  TimedSource stored(arrivals);
  CHECK(sizes(stored, 2) == std::vector<std::ptrdiff_t>{4096, 4096, 1808});
}

TEST_CASE("batch queue: an image does not wait for one that comes late", "[app]") {
  TimedSource source({{milliseconds(), "0"}, {milliseconds(400), "1"}, {milliseconds(400), "2"}});
  CHECK(sizes(source, 8) == std::vector<std::ptrdiff_t>{1, 2});
}

TEST_CASE("batch queue: an error of the source comes after the images before it", "[app][error]") {
  auto arrivals = at_once(4);
  arrivals.push_back({milliseconds(), "error"});
  TimedSource source(arrivals);
  ThreadPool pool(1);
  BatchQueue queue(source, 3);
  std::int64_t images = 0;
  for (ItemBatch batch; queue.take(batch, pool); queue.done()) images += std::ssize(batch.items);
  CHECK(images == 4);
  CHECK_THROWS_WITH(queue.rethrow_error(), "list: is broken");
}

TEST_CASE("batch queue: every image is taken once by some thread", "[app]") {
  const int threads = GENERATE(2, 5);
  std::vector<TimedSource::Arrival> arrivals;
  for (int i = 0; i < 60; ++i) arrivals.push_back({milliseconds(i / 10 * 20), std::to_string(i)});
  TimedSource source(arrivals);
  ThreadPool pool(threads);
  BatchQueue queue(source, 4);
  std::mutex mutex;
  std::vector<int> taken(60);
  pool.lead(threads, [&](std::int64_t, int, ThreadPool& team) {
    for (ItemBatch batch; queue.take(batch, team); queue.done()) {
      team.run(8, [](std::int64_t, int) { std::this_thread::sleep_for(milliseconds(1)); });
      const std::lock_guard lock(mutex);
      for (const ImageItem& item : batch.items) ++taken[static_cast<std::size_t>(std::stoi(item.path))];
    }
  });
  CHECK(taken == std::vector<int>(60, 1));
}

TEST_CASE("batch queue: stop ends a thread that waits for the source", "[app]") {
  TimedSource source({{milliseconds(), "0"}, {milliseconds(3'600'000), "1"}});
  ThreadPool pool(3);
  BatchQueue queue(source, 1);
  pool.lead(3, [&](std::int64_t, int, ThreadPool& team) {
    ItemBatch batch;
    while (queue.take(batch, team)) {
      queue.done();
      std::thread([&] {
        std::this_thread::sleep_for(milliseconds(50));
        queue.stop(pool);
      }).join();
    }
  });
  SUCCEED();
}
