// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sightline/model/passes.h"

namespace sightline::keras {

/// One forward pass of a layer, on all the cores unless another is running.
class Pass {
 public:
  Pass() : pass_(passes()) {}
  Context& context() { return pass_.context(); }

 private:
  /// Of all layers: they are called one at a time, or share the cores.
  static Passes& passes();

  Passes::Pass pass_;
};

}  // namespace sightline::keras
