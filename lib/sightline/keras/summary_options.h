// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace sightline::keras {

/// How much of a layer a summary shows.
struct SummaryOptions {
  int depth = 2;              ///< levels of sublayers below the layer itself
  bool with_weights = false;  ///< path, shape and dtype of each weight below its layer
};

}  // namespace sightline::keras
