// SPDX-License-Identifier: Apache-2.0
#include "sightline/nn/residual_mlp.h"

namespace sightline {

ResidualMLP::ResidualMLP(const WeightScope& norm, const WeightScope& mlp, const EncoderConfig& c,
                         const GemmBackend& backend)
    : order_(c.norm_order),
      norm_(norm, c.width, c.epsilon),
      fc1_(mlp / "fc1", {.in = c.width, .units = c.mlp_width, .activation = c.activation}, backend),
      fc2_(mlp / "fc2", {.in = c.mlp_width, .units = c.width}, backend) {}

void ResidualMLP::operator()(TensorView<float> x, Context& context) const {
  Scratch::Frame frame(context.scratch);
  const bool after = order_ == NormOrder::after;
  const TensorView<float> normed = after ? x : frame.take(x.shape());
  const TensorView<float> hidden = frame.take(x.shape().with_last(fc1_.units()));
  // hidden_states = residual + fc2(activation(fc1(layer_norm(hidden_states))))
  if (!after) norm_(x, normed, context);
  fc1_(normed, hidden, context);
  fc2_.add_to(x, hidden, context);
  // hidden_states = layer_norm(hidden_states + residual)
  if (after) norm_(x, x, context);
}

}  // namespace sightline
