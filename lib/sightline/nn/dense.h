// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>

#include "sightline/nn/layer.h"
#include "sightline/nn/vector_weight.h"

namespace sightline {

enum class Bias { yes, no };

/// y = activation(x W^T + b), as keras.layers.Dense; the weight lies as [units, in] in the checkpoint.
/// Shapes:  x [rows, in] -> y [rows, units].
class Dense : public Layer {
 public:
  struct Options {
    std::int64_t in;
    std::int64_t units;
    Bias bias = Bias::yes;
    Activation activation = Activation::none;
  };
  Dense(const WeightScope& scope, const Options& options, const GemmBackend& backend);

  std::int64_t units() const { return matrix_->out_features(); }
  /// Errors: mismatch for other shapes.
  void operator()(TensorView<const float> x, TensorView<float> y, Context& context) const;
  /// y += x W^T + b: the residual connection in the product's epilogue.
  void add_to(TensorView<float> y, TensorView<const float> x, Context& context) const;
  Shape compute_output_shape(const Shape& input_shape) const override;

 private:
  void weights_changed() override;
  void check(const Shape& x, const Shape& y) const;

  const GemmBackend& backend_;
  std::unique_ptr<PackedMatrix> matrix_;
  std::optional<VectorWeight> bias_;
  Activation activation_;
};

}  // namespace sightline
