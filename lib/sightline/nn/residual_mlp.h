// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sightline/nn/dense.h"
#include "sightline/nn/encoder_config.h"
#include "sightline/nn/layer_norm.h"

namespace sightline {

/// x + fc2(activation(fc1(norm(x)))), the second half of a transformer block, or norm(x + fc2(...fc1(x))) if
/// its norms come after (`NormOrder`).
class ResidualMLP {
 public:
  /// `norm`: the scope of the layer normalization; `mlp`: that of `fc1` and `fc2`.
  ResidualMLP(const WeightScope& norm, const WeightScope& mlp, const EncoderConfig& config,
              const GemmBackend& backend);

  /// Computes every row in place. Shapes:  x [R, W]. Errors: those of LayerNorm and Dense.
  void operator()(TensorView<float> x, Context& context) const;

 private:
  NormOrder order_;
  LayerNorm norm_;
  Dense fc1_, fc2_;
};

}  // namespace sightline
