// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sightline/model/clip.h"

namespace sightline {

/// How much of a model a summary shows.
struct SummaryOptions {
  int depth = 2;              ///< levels of layers: 1 = the towers and the head, 4 = everything
  bool with_weights = false;  ///< each weight's path, shape and dtype below its layer
};

/// A table as Keras's `Model.summary`: layer, output shape (None = any number of pictures or
/// texts), parameters; below it the totals with their sizes. Reads and makes no weights. Lines end with a
/// newline.
std::string summary(const CLIP& model, const SummaryOptions& options = {});

}  // namespace sightline
