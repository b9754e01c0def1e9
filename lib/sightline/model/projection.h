// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "sightline/model/tower_config.h"
#include "sightline/nn/dense.h"

namespace sightline {

/// The linear layer from a tower's pooled rows to embeddings of `size`, if the tower has one. `root` is the
/// scope of the whole checkpoint. Errors: missing, mismatch, type (weights); range if a tower without one has
/// another width than the embeddings.
std::optional<Dense> optional_projection(const WeightScope& root, const TowerConfig& tower, std::int64_t size,
                                         const GemmBackend& backend);

}  // namespace sightline
