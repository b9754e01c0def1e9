// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sightline/model/model.h"

namespace sightline {

/// The differences between a model and the model converted from it.
struct Verification {
  std::int64_t tensors = 0;  ///< number of tensors compared, in the target's dtype
  std::string different;     ///< name of a tensor that differs from the source; "" for none
  /// The largest difference between normalised embeddings of fixed probes: `images` images and `texts` texts,
  /// whose pixels and ids depend only on the sizes of the model.
  float largest = 0;
  std::int64_t images = 0, texts = 0;
};
/// Compares the tensors and embeddings of two models. Errors: those of `find_difference` and of the encoders
/// (a weight that is not finite).
Verification verify(const Model& source, const Model& target, Context& context);

}  // namespace sightline
