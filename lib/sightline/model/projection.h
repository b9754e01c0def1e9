// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "sightline/model/tower_config.h"
#include "sightline/nn/dense.h"

namespace sightline {

/// The layers from a tower's pooled rows to embeddings (`ProjectionConfig`).
class Projection {
 public:
  /// `root` is the scope of the whole checkpoint. Errors: missing, mismatch, type (weights).
  Projection(const WeightScope& root, const TowerConfig& tower, std::int64_t size,
             const GemmBackend& backend);

  /// Shapes:  pooled [B, W] -> embeddings [B, E]. Errors: mismatch for other shapes.
  void operator()(TensorView<const float> pooled, TensorView<float> embeddings, Context& context) const;

 private:
  std::optional<Dense> hidden_;
  Dense last_;
};

/// The projection of a tower to embeddings of `size`, if it has one. Errors: those of `Projection`; range if
/// a tower without one has another width than the embeddings.
std::optional<Projection> optional_projection(const WeightScope& root, const TowerConfig& tower,
                                              std::int64_t size, const GemmBackend& backend);

}  // namespace sightline
