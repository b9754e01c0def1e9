// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "sightline/tensor/tensor.h"

namespace sightline {

/// Checks the embeddings [probes, E] that the self-check of a quantized file compares with. Errors, with
/// `name`: corrupt for a number that is not finite; range for a row that is not normalised. A row of zeros is
/// the embedding of a model that gives zeros.
void check_probe_embeddings(std::string_view name, TensorView<const float> rows);

}  // namespace sightline
