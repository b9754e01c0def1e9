// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sightline/model/model.h"

namespace sightline {

/// What differs between a model and another that was made from it.
struct Verification {
  std::int64_t tensors = 0;  ///< compared, each in the target's type
  std::string different;     ///< the name of one that is not the source's; "" for none
  /// The largest difference over fixed probes: the normalised embeddings of `images` pictures and `texts`
  /// texts, whose pixels and ids are made from nothing but the sizes.
  float largest = 0;
  std::int64_t images = 0, texts = 0;
};
/// Errors: those of `find_difference` and of the encoders (a weight that is not finite).
Verification verify(const Model& source, const Model& target, Context& context);

}  // namespace sightline
