// SPDX-License-Identifier: Apache-2.0
#include "sightline/base/parallel.h"

#include <pthread.h>

#include <atomic>
#include <chrono>
#include <numeric>
#include <stdexcept>
#include <thread>
#include <vector>

#include "support/catch.h"

using namespace sightline;

TEST_CASE("pool: every index runs once, on a thread of the pool", "[base]") {
  const int threads = GENERATE(1, 2, 3, 8);
  ThreadPool pool(threads);
  CHECK(pool.size() == threads);
  for (const std::int64_t count : {0, 1, 2, 7, 1000}) {
    std::vector<std::atomic<int>> done(static_cast<std::size_t>(count));
    std::atomic<bool> strange{false};
    pool.run(count, [&](std::int64_t index, int worker) {
      ++done[static_cast<std::size_t>(index)];
      if (worker < 0 || worker >= threads) strange = true;
    });
    bool once = true;
    for (const std::atomic<int>& times : done) once = once && times == 1;
    CHECK(once);
    CHECK_FALSE(strange);
  }
}

TEST_CASE("pool: results are visible after the run, over many runs", "[base]") {
  ThreadPool pool(3);
  std::vector<int> values(64);  // not atomic, so that ThreadSanitizer checks the synchronisation
  for (int round = 0; round < 2000; ++round) {
    pool.run(64, [&](std::int64_t index, int) { values[static_cast<std::size_t>(index)] += 1; });
  }
  CHECK(values == std::vector<int>(64, 2000));
}

TEST_CASE("pool: every worker number is used by one thread at a time", "[base]") {
  ThreadPool pool(4);
  std::vector<std::int64_t> sums(4);
  for (int round = 0; round < 200; ++round) {
    pool.run(50, [&](std::int64_t index, int worker) { sums[static_cast<std::size_t>(worker)] += index; });
  }
  CHECK(sums[0] + sums[1] + sums[2] + sums[3] == 200 * 50 * 49 / 2);
}

TEST_CASE("pool: the first exception reaches the caller and the pool stays usable", "[base][error]") {
  const int threads = GENERATE(1, 3);
  ThreadPool pool(threads);
  for (int round = 0; round < 50; ++round) {
    CHECK_THROWS_WITH(pool.run(20, [](std::int64_t, int) { throw std::runtime_error("broken"); }), "broken");
    std::atomic<int> done{0};
    pool.run(20, [&](std::int64_t, int) { ++done; });
    CHECK(done == 20);
  }
}

TEST_CASE("pool: a nested run executes on the calling thread alone", "[base]") {
  ThreadPool pool(3);
  std::atomic<int> done{0};
  pool.run(10, [&](std::int64_t, int) { pool.run(10, [&](std::int64_t, int) { ++done; }); });
  CHECK(done == 100);
}

TEST_CASE("pool: teams share their work, every index runs once, and worker numbers are exclusive", "[base]") {
  const int threads = GENERATE(1, 2, 3, 8);
  const std::int64_t pieces = GENERATE(1, 2, 7);
  ThreadPool pool(threads);
  constexpr std::size_t kParts = 40;
  for (int round = 0; round < 50; ++round) {
    // Not atomic, so that ThreadSanitizer checks the synchronisation.
    std::vector<std::vector<int>> done(static_cast<std::size_t>(pieces), std::vector<int>(kParts));
    std::vector<std::vector<int>> by_worker(static_cast<std::size_t>(pieces),
                                            std::vector<int>(static_cast<std::size_t>(threads)));
    std::vector<int> led(static_cast<std::size_t>(threads));
    pool.lead(pieces, [&](std::int64_t piece, int worker, ThreadPool& team) {
      ++led[static_cast<std::size_t>(worker)];
      const auto p = static_cast<std::size_t>(piece);
      for (int product = 0; product < 10; ++product) {
        team.run(kParts, [&](std::int64_t part, int member) {
          ++done[p][static_cast<std::size_t>(part)];
          ++by_worker[p][static_cast<std::size_t>(member)];
          team.run(2, [&](std::int64_t, int) {});  // on the calling thread alone
        });
      }
    });
    for (std::size_t p = 0; p < done.size(); ++p) {
      CHECK(done[p] == std::vector<int>(kParts, 10));
      CHECK(std::accumulate(by_worker[p].begin(), by_worker[p].end(), 0) == 10 * static_cast<int>(kParts));
    }
    CHECK(std::accumulate(led.begin(), led.end(), 0) == pieces);
  }
}

TEST_CASE("pool: a thread without a piece of its own helps the team of the last one", "[base]") {
  ThreadPool pool(2);
  std::atomic<std::int64_t> inside{0};
  std::atomic<bool> met{false};
  // Each of two parts waits for the other, so the piece ends only if two threads work on it.
  pool.lead(1, [&](std::int64_t, int, ThreadPool& team) {
    team.run(2, [&](std::int64_t, int) {
      ++inside;
      while (inside < 2) std::this_thread::yield();
      met = true;
    });
  });
  CHECK(met);
  inside = 0;
  std::atomic<int> pieces{0};
  pool.lead(3, [&](std::int64_t piece, int, ThreadPool& team) {
    ++pieces;
    if (piece < 2) return;
    while (pieces < 3) std::this_thread::yield();
    team.run(2, [&](std::int64_t, int) {
      ++inside;
      while (inside < 2) std::this_thread::yield();
    });
  });
  CHECK(inside == 2);
}

TEST_CASE("pool: an exception of a team reaches the caller and the pool stays usable", "[base][error]") {
  const int threads = GENERATE(1, 2, 5);
  ThreadPool pool(threads);
  for (int round = 0; round < 50; ++round) {
    const auto fail_in_team = [](std::int64_t piece, int, ThreadPool& team) {
      team.run(20, [&](std::int64_t part, int) {
        if (piece == 3 && part == 7) throw std::runtime_error("broken");
      });
    };
    CHECK_THROWS_WITH(pool.lead(6, fail_in_team), "broken");
    std::atomic<int> done{0};
    pool.lead(6,
              [&](std::int64_t, int, ThreadPool& team) { team.run(20, [&](std::int64_t, int) { ++done; }); });
    CHECK(done == 120);
  }
}

TEST_CASE("pool: a leader without work helps other teams until there is some", "[base]") {
  const int threads = GENERATE(2, 3, 8);
  ThreadPool pool(threads);
  for (int round = 0; round < 50; ++round) {
    std::atomic<int> leaders{0}, helpers{0}, idle{0};
    std::atomic<bool> ready{false};
    // Piece 0 ends only if another leader works in its team; after that, the others may return.
    pool.lead(threads, [&](std::int64_t piece, int, ThreadPool& team) {
      ++leaders;
      if (piece > 0) {
        team.help_until([&] { return ready.load(); });
        ++idle;
        return;
      }
      while (leaders < threads) std::this_thread::yield();
      team.run(2, [&](std::int64_t, int) {
        ++helpers;
        while (helpers < 2) std::this_thread::yield();
      });
      ready = true;
      team.wake_leaders();
    });
    CHECK(idle == threads - 1);
  }
}

TEST_CASE("pool: an idle leader is woken without any team at work", "[base]") {
  ThreadPool pool(2);
  std::atomic<int> asked{0};
  std::atomic<bool> ready{false};
  pool.lead(2, [&](std::int64_t piece, int, ThreadPool& team) {
    if (piece == 0) {
      team.help_until([&] { return ++asked, ready.load(); });
      return;
    }
    while (asked == 0) std::this_thread::yield();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));  // until it sleeps
    ready = true;
    team.wake_leaders();
  });
  CHECK(asked >= 2);
}

TEST_CASE("pool: there is at least one core", "[base]") { CHECK(available_cores() >= 1); }

#ifdef __GLIBC__
TEST_CASE("pool: the caller works alone if the system refuses to start threads", "[base]") {
  pthread_attr_t usual, greedy;
  REQUIRE(::pthread_getattr_default_np(&usual) == 0);
  REQUIRE(::pthread_attr_init(&greedy) == 0);
  REQUIRE(::pthread_attr_setstacksize(&greedy, std::size_t{1} << 50) == 0);  // exceeds the address space
  REQUIRE(::pthread_setattr_default_np(&greedy) == 0);
  ThreadPool pool(4);
  CHECK(::pthread_setattr_default_np(&usual) == 0);
  ::pthread_attr_destroy(&greedy);
  ::pthread_attr_destroy(&usual);
  CHECK(pool.size() == 1);
  std::int64_t sum = 0;
  pool.run(10, [&](std::int64_t index, int worker) { sum += index + worker; });
  CHECK(sum == 45);
}
#endif
