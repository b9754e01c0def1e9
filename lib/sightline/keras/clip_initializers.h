// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "sightline/weights/weights.h"

namespace sightline::keras {

/// Weights that are in no file: each is made, deferred, when a layer asks for it, as CLIP was initialized
/// before training. The deviations follow from shapes and from the number of layers of the tower; names that
/// begin with `vision_model` belong to the image tower. The same seed gives the same values on every machine;
/// without one each call takes its own. Source:  transformers `CLIPPreTrainedModel._init_weights`.
Weights initial_weights(std::int64_t vision_layers, std::int64_t text_layers,
                        std::optional<std::uint64_t> seed);

}  // namespace sightline::keras
