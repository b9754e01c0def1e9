// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <memory>

#include "sightline/nn/tensor_layer.h"
#include "sightline/ops/elementwise.h"

namespace sightline {

/// x * sigmoid(1.702 x), as KerasCV's QuickGELU. Inside the towers the same function runs in the epilogue of
/// the product before it (`Activation::quick_gelu`).
class QuickGELU : public TensorLayer {
 public:
  explicit QuickGELU(const DTypePolicy& dtype = {}, std::string name = "quick_gelu", bool trainable = true)
      : TensorLayer(std::move(name), dtype, trainable) {}
  static std::unique_ptr<QuickGELU> from_config(const LayerConfig& config) {
    check_arguments(config, {});
    return std::make_unique<QuickGELU>(DTypePolicy(config_value<std::string>(config, "dtype", "float32")),
                                       config_value<std::string>(config, "name", "quick_gelu"),
                                       config_value(config, "trainable", true));
  }

  Tensor call(TensorView<const float> inputs) override {
    Tensor outputs(inputs.shape());
    std::copy_n(inputs.data(), inputs.elements(), outputs.data());
    quick_gelu(outputs.data(), inputs.elements());
    return outputs;
  }
  Shape compute_output_shape(const Shape& input_shape) const override { return input_shape; }
};

}  // namespace sightline
