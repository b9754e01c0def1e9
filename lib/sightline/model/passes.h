// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "sightline/ops/context.h"

namespace sightline {

/// Threads and scratch memory of forward passes that may be called from several threads at once. The first
/// pass has all the threads; one that begins while it runs has its calling thread only. Later passes use the
/// memory of earlier ones. Thread-safe.
class Passes {
  struct Workspace {
    explicit Workspace(int threads) : pool(threads) {}
    ThreadPool pool;
    Scratch scratch;
    Context context{pool, scratch};
    bool in_use = false;
  };

 public:
  /// `threads`: 0 = the available cores. Errors: range for a number below 0.
  explicit Passes(int threads = 0);

  /// One pass: the context is its owner's as long as it lives.
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
  std::vector<std::unique_ptr<Workspace>> workspaces_;  // the first has all the threads, the others have one
};

}  // namespace sightline
