// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "captions.h"
#include "sightline/model/model.h"

namespace sightline::app {

/// The embeddings of some captions.
struct TextEmbeddings {
  Tensor rows;                       ///< [captions, E]; without meaning for a caption that is refused
  std::vector<std::int64_t> tokens;  ///< of each caption, all its prompts together, with start and end
  std::vector<char> truncated;       ///< whether any prompt of it was cut
};

struct TextRun {
  const Model& clip;
  std::int64_t batch = 0;  ///< texts in one pass; 0: about 400 tokens
  bool normalize = true;   ///< an ensemble is always a mean of normalised rows, normalised again
};

/// Encodes captions [begin, end). Texts are sorted by length and passed through the tower in chunks without
/// padding; with many chunks each thread does its own. Neither changes a bit of the results.
/// Errors: Failure of Stage::model; Interrupted.
TextEmbeddings encode_captions(const TextRun& run, std::span<const Caption> captions, ThreadPool& pool);

}  // namespace sightline::app
