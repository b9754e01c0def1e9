// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sightline/model/config.h"
#include "sightline/weights/weights.h"

namespace sightline {

/// The sizes that the shapes of canonical weights say, as OpenAI's build_model reads them. Not in the shapes
/// are the heads (left 0), the activation (quick_gelu), epsilon (1e-5) and the position of the pooled token
/// (the largest id, as in OpenAI's and KerasCV's models); the image is a whole number of patches wide.
/// Errors: missing for a tensor that a size is read from; mismatch when it has not the shape it must have;
/// range.
CLIPConfig config_from_shapes(const Weights& weights);

/// Heads as in OpenAI's models, one for every 64 of the width. Errors: missing when 64 does not divide a
/// width, with what to do.
void set_heads_of_64(CLIPConfig& config);

}  // namespace sightline
