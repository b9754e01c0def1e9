// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "sightline/keras/layer.h"

namespace sightline {
class WeightScope;
class Weights;
}  // namespace sightline

namespace sightline::keras {

/// Normalization over the last axis, as keras.layers.LayerNormalization. Weights: gamma and beta.
class LayerNormalization : public Layer {
 public:
  /// Keras's arguments that apply to the last axis with both weights.
  struct Arguments {
    double epsilon = 1e-3;
  };
  /// The weights are made by the first call. Errors: range for an epsilon that is not above 0; unsupported
  /// for a dtype other than float32.
  explicit LayerNormalization(const Arguments& arguments, const LayerOptions& options = {});
  LayerNormalization();
  /// With the weights `weight` and `bias` of a scope. Errors: those of `WeightScope::require`.
  LayerNormalization(const Arguments& arguments, const LayerOptions& options, const WeightScope& scope,
                     std::int64_t width);
  ~LayerNormalization() override;
  /// From what `get_config` gives. Errors: type, range, unsupported.
  static std::unique_ptr<LayerNormalization> from_config(const LayerConfig& config);
  LayerConfig get_config() const override;

  using Layer::build;
  using Layer::call;
  /// Errors: mismatch for a shape without a last axis.
  void build(const Shape& input_shape) override;
  Tensor call(TensorView<const float> inputs) override;
  Shape compute_output_shape(const Shape& input_shape) const override { return input_shape; }

  /// Adds the weights to `weights` under Hugging Face's names below `prefix`.
  void collect(Weights& weights, const std::string& prefix) const;

 private:
  struct Compute;
  void weights_changed() override;
  void finish_build(const Shape& input_shape);

  Arguments arguments_;
  std::unique_ptr<Compute> compute_;
  Variable* gamma_ = nullptr;
  Variable* beta_ = nullptr;
};

}  // namespace sightline::keras
