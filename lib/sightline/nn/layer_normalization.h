// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sightline/nn/layer.h"
#include "sightline/nn/vector_weight.h"

namespace sightline {

/// Layer normalization over the last axis, as keras.layers.LayerNormalization.
/// Shapes:  x, y [rows, W]; y may be x. Errors: mismatch for other shapes.
class LayerNormalization : public Layer {
 public:
  LayerNormalization(const WeightScope& scope, std::int64_t width, float epsilon);
  void operator()(TensorView<const float> x, TensorView<float> y) const;
  std::int64_t width() const { return width_; }
  Shape compute_output_shape(const Shape& input_shape) const override { return input_shape; }

 private:
  void weights_changed() override;

  VectorWeight gamma_, beta_;
  std::int64_t width_;
  float epsilon_;
};

}  // namespace sightline
