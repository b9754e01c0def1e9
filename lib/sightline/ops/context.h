// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sightline/base/parallel.h"
#include "sightline/tensor/scratch.h"

namespace sightline {

/// What a forward pass needs besides its operands. One per concurrent pass; the pool of a pass that runs
/// beside others has one thread.
struct Context {
  ThreadPool& pool;
  Scratch& scratch;
};

}  // namespace sightline
