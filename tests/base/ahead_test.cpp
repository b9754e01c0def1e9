// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>
#include <vector>

#include "sightline/base/parallel.h"
#include "support/catch.h"

using namespace sightline;

namespace {

/// Keeps the other thread of a pool of two busy until it is released, as work of its own.
class BusyThread {
 public:
  explicit BusyThread(ThreadPool& pool)
      : work_(pool, [this] {
          begun_ = true;
          begun_.notify_all();
          released_.wait(false);
        }) {
    begun_.wait(false);
  }
  ~BusyThread() { release(); }
  void release() {
    released_ = true;
    released_.notify_all();
  }

 private:
  std::atomic<bool> begun_{false}, released_{false};
  Ahead work_;
};

}  // namespace

TEST_CASE("ahead: an idle thread does the work before it is needed", "[base]") {
  ThreadPool pool(2);
  std::atomic<bool> done{false};
  std::thread::id thread;
  Ahead ahead(pool, [&] {
    thread = std::this_thread::get_id();
    done = true;
    done.notify_all();
  });
  done.wait(false);  // nobody has called `finish`
  CHECK_NOTHROW(ahead.finish());
  CHECK(thread != std::this_thread::get_id());
}

TEST_CASE("ahead: a pool of one thread does the work when it is needed", "[base]") {
  ThreadPool pool(1);
  int calls = 0;
  std::thread::id thread;
  Ahead ahead(pool, [&] {
    ++calls;
    thread = std::this_thread::get_id();
  });
  CHECK(calls == 0);
  ahead.finish();
  ahead.finish();
  CHECK(calls == 1);
  CHECK(thread == std::this_thread::get_id());
}

TEST_CASE("ahead: work that no thread has begun is done by the caller, or not at all", "[base]") {
  ThreadPool pool(2);
  std::optional<BusyThread> busy(std::in_place, pool);
  std::thread::id thread;
  Ahead needed(pool, [&] { thread = std::this_thread::get_id(); });
  needed.finish();
  CHECK(thread == std::this_thread::get_id());
  std::atomic<bool> called{false};
  {
    Ahead dropped(pool, [&] { called = true; });
  }
  busy.reset();
  Ahead later(pool, [] {});
  later.finish();
  CHECK_FALSE(called);
}

TEST_CASE("ahead: destruction waits for work that has begun", "[base]") {
  ThreadPool pool(2);
  for (int round = 0; round < 200; ++round) {
    std::atomic<bool> begun{false};
    bool ended = false;  // not atomic, so that ThreadSanitizer checks the synchronisation
    {
      Ahead ahead(pool, [&] {
        begun = true;
        begun.notify_all();
        std::this_thread::yield();
        ended = true;
      });
      begun.wait(false);
    }
    CHECK(ended);
  }
}

TEST_CASE("ahead: every call of finish rethrows the exception, and dropping one is harmless",
          "[base][error]") {
  ThreadPool pool(GENERATE(1, 2));
  const auto broken = [] { throw std::runtime_error("broken"); };
  for (int round = 0; round < 100; ++round) {
    Ahead ahead(pool, broken), dropped(pool, broken);
    CHECK_THROWS_WITH(ahead.finish(), "broken");
    CHECK_THROWS_WITH(ahead.finish(), "broken");
  }
}

TEST_CASE("ahead: runs of the pool go on beside the work", "[base]") {
  const int threads = GENERATE(2, 4);
  ThreadPool pool(threads);
  for (int round = 0; round < 100; ++round) {
    std::vector<int> values(20);
    std::vector<std::unique_ptr<Ahead>> works;
    for (int& value : values) works.push_back(std::make_unique<Ahead>(pool, [&value] { value = 7; }));
    std::atomic<int> runs{0};
    pool.run(50, [&](std::int64_t, int) { ++runs; });
    pool.lead(3,
              [&](std::int64_t, int, ThreadPool& team) { team.run(10, [&](std::int64_t, int) { ++runs; }); });
    CHECK(runs == 80);
    for (const auto& work : works) work->finish();
    CHECK(values == std::vector<int>(20, 7));
  }
}
