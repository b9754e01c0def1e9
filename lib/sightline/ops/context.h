// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sightline/base/parallel.h"
#include "sightline/tensor/scratch.h"

namespace sightline {

/// The resources a forward pass needs besides its operands. Use one context per concurrent pass; a pass that
/// runs beside others has a team (`ThreadPool::lead`) or a pool of one thread.
struct Context {
  ThreadPool& pool;
  Scratch& scratch;
};

}  // namespace sightline
