// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "sightline/model/config.h"
#include "sightline/model/token_batch.h"
#include "sightline/model/towers.h"
#include "sightline/tensor/tensor.h"

namespace sightline {

/// Fixed inputs of a model, which follow from its sizes alone: they need no files and no tokenizer.
struct Probes {
  Tensor pixels;     ///< [images, C * H * W], normalised: drawings and textures of all scales
  TokenBatch texts;  ///< of 3 ids up to the whole context; low ids, which are frequent words, prevail
};
/// Makes probes for the towers of the model; other seeds give other ones.
Probes make_probes(const ModelConfig& config, std::int64_t images, std::int64_t texts, std::uint64_t seed);

/// The normalised embeddings of all probes, images first, [images + texts, E], each tower in one pass.
/// Errors: those of the towers.
Tensor embed(const Probes& probes, const Towers& towers, std::int64_t embedding_size, Context& context);

}  // namespace sightline
