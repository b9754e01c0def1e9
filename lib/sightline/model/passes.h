// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "sightline/ops/context.h"

namespace sightline {

/// Threads and scratch memory for forward passes that several threads may start at the same time. A pass that
/// starts while no other runs uses the whole thread pool; concurrent passes use only their calling thread.
/// Memory is reused by later passes. Thread-safe.
class Passes {
  struct Workspace {
    explicit Workspace(int threads) : pool(threads) {}
    ThreadPool pool;
    Scratch scratch;
    Context context{pool, scratch};
    bool in_use = false;
  };

 public:
  /// `threads`: 0 = one per available core. Errors: range below 0 or above 1024.
  explicit Passes(int threads = 0);

  /// A running pass, which has exclusive use of its context until it is destroyed.
  class Pass {
   public:
    explicit Pass(Passes& passes) : passes_(passes), workspace_(passes.acquire()) {}
    ~Pass() { passes_.release(workspace_); }
    Pass(const Pass&) = delete;
    Pass& operator=(const Pass&) = delete;
    Context& context() { return workspace_.context; }

   private:
    Passes& passes_;
    Workspace& workspace_;
  };

 private:
  Workspace& acquire();
  void release(Workspace& workspace);

  std::mutex mutex_;
  std::vector<std::unique_ptr<Workspace>>
      workspaces_;  // the first owns the thread pool, the others have one thread
};

}  // namespace sightline
