// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include "sightline/base/function_ref.h"

namespace sightline {

/// A fixed team of threads. The caller of `run` is one of them; idle members sleep.
/// Thread-safety: one `run` at a time; a `run` inside a `run` is done by the calling thread alone.
class ThreadPool {
 public:
  /// `threads` >= 1; 1 starts no thread at all. Where the system gives fewer, the team is smaller.
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int size() const;

  /// Calls body(index, worker) once for every index in [0, count), in any order, on any member; worker is in
  /// [0, size()). Returns when all are done. Errors: rethrows the first exception a body threw; the others
  /// are still waited for, indices not yet begun are not begun.
  void run(std::int64_t count, FunctionRef<void(std::int64_t index, int worker)> body);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Processor cores this process may run on (affinity and cgroup quota counted), at least 1.
int available_cores();

}  // namespace sightline
