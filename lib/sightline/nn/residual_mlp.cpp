// SPDX-License-Identifier: Apache-2.0
#include "sightline/nn/residual_mlp.h"

#include <algorithm>
#include <array>

#include "sightline/ops/elementwise.h"

namespace sightline {
namespace {

constexpr std::int64_t kValuesPerTask = 1 << 12;

}  // namespace

ResidualMLP::ResidualMLP(const WeightScope& norm, const WeightScope& mlp, const EncoderConfig& c,
                         const GemmBackend& backend)
    : order_(c.norm_order),
      norm_(norm, c.width, c.epsilon),
      fc1_(mlp / "fc1",
           {.in = c.width,
            .units = c.mlp_width,
            .activation = c.mlp == MlpKind::plain ? c.activation : Activation::none},
           backend),
      fc2_(mlp / "fc2", {.in = c.mlp_width, .units = c.width}, backend) {
  if (c.mlp == MlpKind::swiglu)
    gate_.emplace(mlp / "gate", Dense::Options{.in = c.width, .units = c.mlp_width}, backend);
  if (c.mlp_norm) hidden_norm_.emplace(mlp / "norm", c.mlp_width, c.epsilon);
}

void ResidualMLP::operator()(TensorView<float> x, Context& context) const {
  Scratch::Frame frame(context.scratch);
  const TensorView<float> normed = order_ == NormOrder::before ? frame.take(x.shape()) : x;
  const TensorView<float> hidden = frame.take(x.shape().with_last(fc1_.units()));
  // hidden_states = residual + fc2(activation(fc1(layer_norm(hidden_states))))
  if (order_ == NormOrder::before) norm_(x, normed, context);
  compute_hidden(normed, hidden, context);
  if (order_ == NormOrder::on_branch) {
    // x = x + self.norm2(self.mlp(x))
    const TensorView<float> branch = frame.take(x.shape());
    fc2_(hidden, branch, context);
    return norm_.add_to(x, branch, context);
  }
  fc2_.add_to(x, hidden, context);
  // hidden_states = layer_norm(hidden_states + residual)
  if (order_ == NormOrder::after) norm_(x, x, context);
}

void ResidualMLP::compute_hidden(TensorView<const float> normed, TensorView<float> hidden,
                                 Context& context) const {
  if (gate_) {
    // x = self.act(self.fc1_g(x)) * self.fc1_x(x)
    Scratch::Frame frame(context.scratch);
    const TensorView<float> gate = frame.take(hidden.shape());
    Dense::call(std::array{DenseCall{&*gate_, normed, gate}, DenseCall{&fc1_, normed, hidden}}, context);
    const std::int64_t count = hidden.shape().elements();
    context.pool.run((count + kValuesPerTask - 1) / kValuesPerTask, [&](std::int64_t task, int) {
      const std::int64_t first = task * kValuesPerTask;
      multiply_by_silu(hidden.data() + first, gate.data() + first, std::min(kValuesPerTask, count - first));
    });
  } else {
    fc1_(normed, hidden, context);
  }
  if (hidden_norm_) (*hidden_norm_)(hidden, hidden, context);
}

}  // namespace sightline
