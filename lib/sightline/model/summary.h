// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sightline/model/config.h"
#include "sightline/weights/weights.h"

namespace sightline {

/// How much of a model a summary shows.
struct SummaryOptions {
  int depth = 2;              ///< levels of layers: 1 = the towers and the head, 4 = everything
  bool with_weights = false;  ///< each weight's path, shape and dtype below its layer
};

/// A table as Keras's `Model.summary` of KerasCV's CLIP: layer, output shape (None = any number of images or
/// texts), parameters; below it the totals with their sizes. `weights` are those of a model of this config,
/// under canonical names; none is read. Lines end with a newline. Errors: missing.
std::string summary(const CLIPConfig& config, const Weights& weights, const SummaryOptions& options = {});

}  // namespace sightline
