// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include "sightline/base/function_ref.h"

namespace sightline {

/// A fixed set of worker threads. The thread that calls `run` takes part; idle threads sleep.
/// Thread-safety: one `run` at a time. A `run` inside a `run` executes on the calling thread only.
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

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The number of processor cores available to this process (affinity and cgroup quota included), at least 1.
int available_cores();

}  // namespace sightline
