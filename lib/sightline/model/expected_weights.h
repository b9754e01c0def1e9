// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sightline/model/config.h"

namespace sightline {

/// A canonical tensor of a model: its Hugging Face name and its shape.
struct ExpectedWeight {
  std::string name;
  Shape shape;
};

/// All tensors of a model of these sizes, in the order of Hugging Face's files: text tower, image tower,
/// projections. They are the names and shapes that the layers will require (`WeightScope::require`).
/// Errors: range if a size does not fit in 63 bits.
std::vector<ExpectedWeight> expected_weights(const ModelConfig& config);

}  // namespace sightline
