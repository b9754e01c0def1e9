// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sightline/keras/layer.h"
#include "sightline/tensor/tensor.h"

namespace sightline::keras {

/// Errors: corrupt when an embedding is not finite, with the weight of `layer` that is not, where there is
/// one.
void check_embeddings(TensorView<const float> embeddings, const Layer& layer);

}  // namespace sightline::keras
