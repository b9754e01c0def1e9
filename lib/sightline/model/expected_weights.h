// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sightline/model/config.h"

namespace sightline {

/// How a model uses a tensor.
enum class WeightUse {
  vector,  ///< added, multiplied or looked up as it is: biases, norms, positions
  matrix,  ///< multiplied with activations
  table,   ///< rows are looked up: the token embedding
};

/// A canonical tensor of a model: its Hugging Face name and its shape.
struct ExpectedWeight {
  std::string name;
  Shape shape;
  WeightUse use = WeightUse::vector;
};

/// All tensors of a model in the order in which it uses them: the image tower, the text tower, the head. They
/// are the names and shapes that the layers will require (`WeightScope::require`).
/// Errors: range if a size does not fit in 63 bits.
std::vector<ExpectedWeight> expected_weights(const ModelConfig& config);

}  // namespace sightline
