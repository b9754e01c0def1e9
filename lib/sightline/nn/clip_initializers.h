// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "sightline/nn/dtype_policy.h"
#include "sightline/nn/layer_config.h"
#include "sightline/weights/weights.h"

namespace sightline {

/// How a layer begins when its weights are in no file, and Keras's arguments of every layer.
struct Untrained {
  std::uint64_t seed = 0;        ///< the same seed, the same numbers on every machine
  std::string backend = "auto";  ///< which GEMM
  std::string name = "";         ///< "" = the class's own, "clip_attention"
  DTypePolicy dtype = {};        ///< float32; the layers of the towers know no other
  bool trainable = true;

  /// The same with the name, dtype and trainable of a configuration, where it has them. Errors: type;
  /// unsupported (dtype).
  Untrained with(const LayerConfig& config) const;
};

/// Weights that are in no file: each is made, deferred, when a layer asks for it, as CLIP was initialized
/// before training. The deviations follow from shapes and from the number of layers of the tower; names that
/// begin with `vision_model` belong to the image tower.
/// Source:  transformers `CLIPPreTrainedModel._init_weights`.
Weights initial_weights(std::int64_t vision_layers, std::int64_t text_layers, std::uint64_t seed);

}  // namespace sightline
