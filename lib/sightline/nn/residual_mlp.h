// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "sightline/nn/dense.h"
#include "sightline/nn/encoder_config.h"
#include "sightline/nn/layer_norm.h"

namespace sightline {

/// x + fc2(hidden(norm(x))), the second half of a transformer block; `NormOrder` says where the norm is and
/// `MlpKind` what the hidden layer is. Source:  transformers `CLIPMLP`; timm `SwiGLU`.
class ResidualMLP {
 public:
  /// `norm`: the scope of the layer normalization; `mlp`: that of `fc1`, `fc2` and, if the config has them,
  /// `gate` and `norm`.
  ResidualMLP(const WeightScope& norm, const WeightScope& mlp, const EncoderConfig& config,
              const GemmBackend& backend);

  /// Computes every row in place. Shapes:  x [R, W]. Errors: those of LayerNorm and Dense.
  void operator()(TensorView<float> x, Context& context) const;

 private:
  void compute_hidden(TensorView<const float> normed, TensorView<float> hidden, Context& context) const;

  NormOrder order_;
  LayerNorm norm_;
  Dense fc1_, fc2_;
  std::optional<Dense> gate_;
  std::optional<LayerNorm> hidden_norm_;
};

}  // namespace sightline
