// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "sightline/nn/vector_weight.h"
#include "sightline/ops/context.h"
#include "sightline/weights/weights.h"

namespace sightline {

/// y = (x - mean) / sqrt(variance + epsilon) * weight + bias, for each row. Weights: `weight` and `bias` [W].
/// Source:  Ba et al. 2016; torch.nn.LayerNorm.
class LayerNorm {
 public:
  LayerNorm(const WeightScope& scope, std::int64_t width, float epsilon);

  std::int64_t width() const { return width_; }
  /// Runs in parallel over rows. Shapes:  x, y [rows, W]; y may be x. Errors: mismatch for other shapes.
  void operator()(TensorView<const float> x, TensorView<float> y, Context& context) const;
  /// y += the normalised rows of x, which are overwritten. Shapes and errors: as above; y is not x.
  void add_to(TensorView<float> y, TensorView<float> x, Context& context) const;

 private:
  void check(const Shape& x, const Shape& y) const;

  VectorWeight weight_, bias_;
  std::int64_t width_;
  float epsilon_;
};

/// The normalization of a model that need not have one. Errors: those of LayerNorm.
inline std::optional<LayerNorm> optional_norm(bool exists, const WeightScope& scope, std::int64_t width,
                                              float epsilon) {
  if (!exists) return std::nullopt;
  return std::optional<LayerNorm>(std::in_place, scope, width, epsilon);
}

}  // namespace sightline
