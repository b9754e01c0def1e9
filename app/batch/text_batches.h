// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "batch/captions.h"
#include "sightline/model/model.h"

namespace sightline::app {

/// The embeddings of a list of captions.
struct TextEmbeddings {
  Tensor rows;                       ///< [captions, E]; undefined for refused captions
  std::vector<std::int64_t> tokens;  ///< per caption, over all its prompts, including start and end tokens
  std::vector<char> truncated;       ///< per caption: whether any of its prompts was truncated
};

struct TextRun {
  const Model& model;
  std::int64_t batch = 0;  ///< texts in a forward pass; 0: about 400 distinct prefixes
  bool normalize = true;   ///< a prompt ensemble always is the normalised mean of normalised rows
};

/// Encodes the captions. Texts are sorted by their ids, so that a chunk computes shared prefixes once. Each
/// thread encodes chunks of its own, and helps with those of others when none is left. The results are
/// bit-identical in every case. Errors: Failure of Stage::model; Interrupted.
TextEmbeddings encode_captions(const TextRun& run, std::span<const Caption> captions, ThreadPool& pool);

}  // namespace sightline::app
