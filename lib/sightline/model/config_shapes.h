// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sightline/model/config.h"
#include "sightline/weights/weights.h"

namespace sightline {

/// Derives the sizes of a model from the shapes of its canonical weights, as OpenAI's build_model does. The
/// shapes do not determine the number of heads (left 0), the activation (quick_gelu), epsilon (1e-5) and the
/// pooled token (the largest id, as in OpenAI's and KerasCV's models); the image size is a multiple of the
/// patch size. Errors: missing for a required tensor; mismatch for a tensor with an unexpected shape; range.
ModelConfig config_from_shapes(const Weights& weights);

/// Sets the number of heads as in OpenAI's models: each is 64 wide. Errors: missing, with a remedy, if a
/// width is not a multiple of 64.
void set_heads_of_64(ModelConfig& config);

}  // namespace sightline
