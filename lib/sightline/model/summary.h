// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sightline/model/config.h"
#include "sightline/weights/weights.h"

namespace sightline {

/// The level of detail of a summary.
struct SummaryOptions {
  int depth = 2;              ///< levels of layers: 1 = the towers and the head, 4 = all layers
  bool with_weights = false;  ///< list the name, shape and dtype of each weight below its layer
};

/// A table like that of Keras's `Model.summary` for KerasCV's CLIP: layer, output shape (None = any number of
/// images or texts) and parameters, followed by the totals with their sizes. `weights` are those of a model
/// of this config under canonical names; their values are not read. Every line ends with a newline. Errors:
/// missing.
std::string summary(const ModelConfig& config, const Weights& weights, const SummaryOptions& options = {});

}  // namespace sightline
