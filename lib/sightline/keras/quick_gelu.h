// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "sightline/keras/layer.h"

namespace sightline::keras {

/// x * sigmoid(1.702 x), as KerasCV's QuickGELU. Takes any shape, and gives the same.
class QuickGELU : public Layer {
 public:
  explicit QuickGELU(const LayerOptions& options = {}) : Layer("QuickGELU", options) {}
  static std::unique_ptr<QuickGELU> from_config(const LayerConfig& config);

  Tensor call(TensorView<const float> inputs) override;
  Shape compute_output_shape(const Shape& input_shape) const override { return input_shape; }
};

}  // namespace sightline::keras
