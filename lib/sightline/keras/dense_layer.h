// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/keras/initializers.h"
#include "sightline/keras/layer.h"

namespace sightline {
class WeightScope;
class Weights;
}  // namespace sightline

namespace sightline::keras {

/// y = activation(x W^T + b) over the last axis, as keras.layers.Dense. Weights: kernel [units, in] (Keras
/// keeps it as [in, units]) and bias [units]. Quantized: bias, an int8 kernel and kernel_scale [units], by
/// which the kernel is divided; with the dtype int8_from_float32 they begin as zeros and ones.
class Dense : public Layer {
 public:
  /// Keras's arguments. The initializers are not part of the configuration.
  struct Arguments {
    std::int64_t units;
    std::string activation = {};  ///< "quick_gelu" or "gelu"; "" and "linear" = none
    bool use_bias = true;
    Initializer kernel_initializer = "glorot_uniform";
    Initializer bias_initializer = "zeros";
  };
  /// The weights are made by the first call, from its last axis. Errors: range for `units` below 1;
  /// unsupported for another activation, and for a dtype other than float32 and int8_from_float32.
  explicit Dense(const Arguments& arguments, const LayerOptions& options = {});
  /// With the weights `weight` and `bias` of a scope, for inputs of `in` values; quantized if the dtype says
  /// so. Errors: those of `WeightScope::require`.
  Dense(const Arguments& arguments, const LayerOptions& options, const WeightScope& scope, std::int64_t in);
  ~Dense() override;
  /// From what `get_config` gives. Errors: missing, type, range, unsupported.
  static std::unique_ptr<Dense> from_config(const LayerConfig& config);
  LayerConfig get_config() const override;

  using Layer::build;
  using Layer::call;
  /// Errors: mismatch for a shape without a last axis.
  void build(const Shape& input_shape) override;
  /// [..., in] -> [..., units]. Errors: mismatch.
  Tensor call(TensorView<const float> inputs) override;
  Shape compute_output_shape(const Shape& input_shape) const override;
  void quantize(std::string_view mode) override;
  bool has_int8_form() const override { return true; }

  /// Adds the weights to `weights` under Hugging Face's names below `prefix`.
  void collect(Weights& weights, const std::string& prefix) const;

 private:
  struct Compute;
  void weights_changed() override;
  std::vector<Variable*> store_order() const override;
  void finish_build(const Shape& input_shape);

  Arguments arguments_;
  std::unique_ptr<Compute> compute_;
  Variable* kernel_ = nullptr;
  Variable* bias_ = nullptr;
  Variable* scale_ = nullptr;  ///< of a quantized kernel
};

}  // namespace sightline::keras
