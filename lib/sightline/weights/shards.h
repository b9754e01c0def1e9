#pragma once

#include <string>

#include "sightline/weights/weights.h"

namespace sightline {

/// The tensors of all shards that a `model.safetensors.index.json` lists, each from the shard that its
/// `weight_map` names. Errors: unsafe for a shard that is not a plain name of a file beside the index;
/// missing for a shard, or a tensor that its shard does not hold; duplicate for a tensor in two shards;
/// mismatch for one that the index does not place where it lies; those of safetensors and json.
Weights read_shards(const std::string& index_path);

}  // namespace sightline
