// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sightline/model/config.h"

namespace sightline {

/// A canonical tensor of a model: Hugging Face's name for it and its shape.
struct ExpectedWeight {
  std::string name;
  Shape shape;
};

/// Every tensor of a model of these sizes, once, in the order of Hugging Face's files: text tower, image
/// tower, projections. What the layers ask for by name and shape (`Layer::add_weight`), told beforehand.
/// Errors: range when a size does not fit 63 bits.
std::vector<ExpectedWeight> expected_weights(const CLIPConfig& config);

}  // namespace sightline
