// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sightline/model/model.h"
#include "sightline/model/probes.h"

namespace sightline {

/// The self-check of a quantized model: the lowest cosine of its embeddings of fixed probes with those of the
/// model it was made from, computed in float32. A packed file stores the latter and the result.
inline constexpr std::int64_t kCheckImages = 4, kCheckTexts = 8;
/// A model with a lower result needs a decision of its user.
inline constexpr double kMinCheckCosine = 0.999;

/// The number of images and of texts for the towers of a model.
std::int64_t check_images(const ModelConfig& config);
std::int64_t check_texts(const ModelConfig& config);
Probes check_probes(const ModelConfig& config);
/// The lowest cosine of a row of `a` with the same row of `b`, both normalised, rounded down to six decimals;
/// NaN if one is not finite.
double lowest_cosine(TensorView<const float> a, TensorView<const float> b);
/// Repeats the self-check of a model that was opened from a quantized packed file, and returns its result.
/// Errors: corrupt if it is lower than the stored one by more than what float32 operations that round
/// differently on another processor can cause; those of the towers.
double repeat_check(const Model& model, Context& context);

}  // namespace sightline
