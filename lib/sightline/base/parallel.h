// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>

#include "sightline/base/function_ref.h"

namespace sightline {

class Ahead;

/// A fixed set of worker threads. The thread that calls `run` or `lead` takes part; idle threads sleep.
/// Thread-safety: one `run` or `lead` at a time. One inside another executes on the calling thread only,
/// except `run` of a team.
class ThreadPool {
 public:
  /// `threads` >= 1; 1 starts no thread. If the system refuses to start a thread, the pool is smaller.
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int size() const;

  /// Calls body(index, worker) once for every index in [0, count), in any order, on any thread; worker is in
  /// [0, size()). Returns when all calls have returned.
  /// Errors: rethrows the first exception thrown by a body. Calls in progress are waited for; remaining
  /// indices are not started.
  void run(std::int64_t count, FunctionRef<void(std::int64_t index, int worker)> body);

  /// For large pieces of work that are parallel inside: as `run`, but indices are started in order, and each
  /// call leads a team, a pool of the same size. `team.run` shares its calls with all threads that have no
  /// index of their own to work on, so the last pieces are not waited for by idle threads. While there are
  /// none, a team is its leader alone.
  void lead(std::int64_t count, FunctionRef<void(std::int64_t index, int worker, ThreadPool& team)> body);

  /// For a leader that has nothing to work on for now: helps the other teams until `enough` returns true. It
  /// is called at the start, after each piece of help and after each `wake_leaders`; the thread sleeps while
  /// no team needs help. In a pool of one thread, returns at once.
  void help_until(FunctionRef<bool()> enough);
  /// Makes the threads in `help_until` call `enough` again.
  void wake_leaders();

 private:
  friend class Ahead;
  struct Job;
  struct State;
  ThreadPool(State& state, int leader);

  std::unique_ptr<State> own_;  // null in a team
  State& state_;
  Job& job_;        // what this pool or team runs
  int thread_ = 0;  // the thread that calls `run`
};

/// Work that an idle thread of a pool does ahead of its use: something that the calling thread needs later,
/// and that would otherwise be done while the other threads have nothing to do. It must not use the pool.
/// Thread-safety: one call of `finish` at a time, on any thread. The pool must outlive this object.
class Ahead {
 public:
  /// `work` is called at most once. Works that no thread has begun are begun in the order of construction,
  /// and no idle thread prefers them to a `run`.
  Ahead(ThreadPool& pool, std::function<void()> work);
  /// Takes the work back if no thread has begun it, else waits for it. Its exception is dropped.
  ~Ahead();
  Ahead(const Ahead&) = delete;
  Ahead& operator=(const Ahead&) = delete;

  /// Returns when the work is done: calls it if no thread has begun it, else waits. Later calls return at
  /// once. Errors: rethrows what the work threw, in every call.
  void finish();

 private:
  friend struct ThreadPool::State;
  void perform() noexcept;

  ThreadPool::State& state_;
  std::function<void()> work_;
  std::exception_ptr error_;
  std::atomic<bool> done_{false};
};

/// The number of processor cores available to this process (affinity and cgroup quota included), at least 1.
int available_cores();

}  // namespace sightline
