// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "sightline/nn/layer.h"

namespace sightline {

/// A layer that takes one tensor and gives one: the base of layers that people add. Implement `call`, and
/// `build` when variables depend on the input's shape (docs/adding.md). The towers' layers do without it:
/// they write into scratch memory. One caller at a time: a call may build the layer and change its variables.
class TensorLayer : public Layer {
 public:
  using Layer::Layer;

  /// Whether `build` has run: variables of a weight file or of a sublayer do not stand for it.
  bool built() const override { return build_done(); }

  /// The computation. `inputs` are valid during the call.
  virtual Tensor call(TensorView<const float> inputs) = 0;

  /// Builds the layer if that has not been done, checks the input, rounds it to `compute_dtype`, calls `call`
  /// and rounds what it gives. Losses of the pass before are forgotten, unless another TensorLayer calls this
  /// one.
  /// Errors: mismatch (input_spec); unsupported (a policy that is quantized, or that computes in
  /// another type than float32, float16 and bfloat16).
  Tensor operator()(TensorView<const float> inputs);
  Tensor operator()(const Tensor& inputs) { return (*this)(inputs.view()); }

  struct StatelessResult {
    Tensor outputs;
    std::vector<Tensor> non_trainable_variables;
    std::vector<float> losses;
  };
  /// The outputs with these values for `trainable_variables()` and `non_trainable_variables()`, and what the
  /// call makes of the latter; the layer itself is afterwards as it was before, also when the call throws.
  /// Errors: missing when the layer is not built; mismatch (number or shape of values); those of the call.
  StatelessResult stateless_call(std::span<const Tensor> trainable_variables,
                                 std::span<const Tensor> non_trainable_variables,
                                 TensorView<const float> inputs);
};

}  // namespace sightline
