#pragma once

#include "sightline/nn/layer.h"
#include "sightline/ops/elementwise.h"

namespace sightline {

/// x * sigmoid(1.702 x), in place, as KerasCV's QuickGELU. Inside the towers the same function runs in the
/// epilogue of the product before it (`Activation::quick_gelu`).
class QuickGELU : public Layer {
 public:
  QuickGELU() : Layer("quick_gelu") {}
  void operator()(TensorView<float> x) const { quick_gelu(x.data(), x.elements()); }
};

}  // namespace sightline
