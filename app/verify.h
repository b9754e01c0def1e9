#pragma once

#include "sightline/model/clip.h"

namespace sightline::app {

/// The largest difference between two models of the same sizes over fixed probes: the normalised embeddings
/// of `images` pictures and `texts` texts, whose pixels and ids are made from nothing but the sizes.
struct Verification {
  std::int64_t images = 0, texts = 0;
  float largest = 0;
  float logit_scale = 0;  ///< the difference of the two, which no embedding shows
};
/// Errors: those of the encoders (a weight that is not finite).
Verification verify(const CLIP& source, const CLIP& target, Context& context);

}  // namespace sightline::app
