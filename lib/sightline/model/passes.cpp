// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/passes.h"

#include <string>

#include "sightline/base/error.h"

namespace sightline {
namespace {

constexpr int kMaxThreads = 1024;

int checked_threads(int threads) {
  if (threads < 0 || threads > kMaxThreads) {
    fail(ErrorCode::range, "threads",
         "is " + std::to_string(threads) + ", expected 0 to " + std::to_string(kMaxThreads));
  }
  return threads == 0 ? available_cores() : threads;
}

}  // namespace

Passes::Passes(int threads) { workspaces_.push_back(std::make_unique<Workspace>(checked_threads(threads))); }

Passes::Workspace& Passes::acquire() {
  const std::lock_guard lock(mutex_);
  for (const std::unique_ptr<Workspace>& workspace : workspaces_) {
    if (workspace->in_use) continue;
    workspace->in_use = true;
    return *workspace;
  }
  workspaces_.push_back(std::make_unique<Workspace>(1));
  workspaces_.back()->in_use = true;
  return *workspaces_.back();
}

void Passes::release(Workspace& workspace) {
  const std::lock_guard lock(mutex_);
  workspace.in_use = false;
}

}  // namespace sightline
