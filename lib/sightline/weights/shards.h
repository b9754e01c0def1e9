// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sightline/weights/weight_format.h"

namespace sightline {

/// The tensors of all shards in `format` that a `model.safetensors.index.json` or
/// `pytorch_model.bin.index.json` lists, each from the shard given in its `weight_map`. Errors: unsafe for a
/// shard that is not a plain file name in the folder of the index; missing for a shard, or a tensor that its
/// shard lacks; duplicate for a tensor in two shards; mismatch for a tensor that the index places elsewhere;
/// those of the format and of JSON.
Weights read_shards(const std::string& index_path, const WeightFormat& format);

}  // namespace sightline
