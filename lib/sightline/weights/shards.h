// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sightline/weights/weight_format.h"

namespace sightline {

/// The tensors of all shards, files of `format`, that a `model.safetensors.index.json` or
/// `pytorch_model.bin.index.json` lists, each from the shard that its `weight_map` names. Errors: unsafe for
/// a shard that is not a plain name of a file beside the index; missing for a shard, or a tensor that its
/// shard does not hold; duplicate for a tensor in two shards; mismatch for one that the index does not place
/// where it lies; those of the format and json.
Weights read_shards(const std::string& index_path, const WeightFormat& format);

}  // namespace sightline
