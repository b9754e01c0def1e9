// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <span>

#include "sightline/nn/vector_weight.h"
#include "sightline/ops/gemm.h"
#include "sightline/weights/weights.h"

namespace sightline {

enum class Bias { yes, no };
struct DenseCall;

/// y = activation(x W^T + b). Weights: `weight` [units, in] and, unless `Bias::no`, `bias` [units].
/// Source:  torch.nn.Linear.
class Dense {
 public:
  struct Options {
    std::int64_t in;
    std::int64_t units;
    Bias bias = Bias::yes;
    Activation activation = Activation::none;
  };
  Dense(const WeightScope& scope, const Options& options, const GemmBackend& backend);

  std::int64_t units() const { return matrix_->out_features(); }
  /// Shapes:  x [rows, in] -> y [rows, units]. Errors: mismatch for other shapes.
  void operator()(TensorView<const float> x, TensorView<float> y, Context& context) const;
  /// y += x W^T + b; adds the residual connection while the product is written. Errors: mismatch.
  void add_to(TensorView<float> y, TensorView<const float> x, Context& context) const;
  /// Calls several layers of one backend, which do not depend on each other, as one task of the threads.
  /// Errors: mismatch, as for a single call.
  static void call(std::span<const DenseCall> calls, Context& context);

 private:
  void check(const Shape& x, const Shape& y) const;
  Product product(TensorView<const float> x, TensorView<float> y) const;

  std::unique_ptr<PackedMatrix> matrix_;
  std::optional<VectorWeight> bias_;
  Activation activation_;
};

/// y = layer(x).
struct DenseCall {
  const Dense* layer;
  TensorView<const float> x;
  TensorView<float> y;
};

}  // namespace sightline
