// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "sightline/keras/initializers.h"
#include "sightline/keras/layer.h"

namespace sightline {
class WeightScope;
class Weights;
}  // namespace sightline

namespace sightline::keras {

/// A table of vectors by id, as keras.layers.Embedding. Weight: embeddings [input_dim, output_dim].
/// Quantized: int8 embeddings and embeddings_scale [input_dim], by which the vectors are divided; with the
/// dtype int8_from_float32 they begin as zeros and ones.
class Embedding : public Layer {
 public:
  /// Keras's arguments. The initializer is not part of the configuration.
  struct Arguments {
    std::int64_t input_dim;
    std::int64_t output_dim;
    Initializer embeddings_initializer = initializers::RandomUniform();
  };
  /// The table is made at once. Errors: range for a size below 1; unsupported for a dtype other than float32
  /// and int8_from_float32.
  explicit Embedding(const Arguments& arguments, const LayerOptions& options = {});
  /// With the weight `weight` of a scope, for ids of this shape (-1 = any size); quantized if the dtype says
  /// so. Errors: those of `WeightScope::require`.
  Embedding(const Arguments& arguments, const LayerOptions& options, const WeightScope& scope,
            const Shape& ids);
  ~Embedding() override;
  /// From what `get_config` gives. Errors: missing, type, range, unsupported.
  static std::unique_ptr<Embedding> from_config(const LayerConfig& config);
  LayerConfig get_config() const override;

  /// Ids [...] -> [..., output_dim]. Errors: range for an id that is not a row.
  Tensor operator()(TensorView<const std::int32_t> ids) const;
  /// [...] -> [..., output_dim].
  Shape compute_output_shape(const Shape& input_shape) const override;
  void quantize(std::string_view mode) override;
  bool has_int8_form() const override { return true; }

  /// Adds the weight to `weights` under Hugging Face's name below `prefix`.
  void collect(Weights& weights, const std::string& prefix) const;

 private:
  struct Compute;
  void weights_changed() override;

  Arguments arguments_;
  std::unique_ptr<Compute> compute_;
  Variable* embeddings_ = nullptr;
  Variable* scale_ = nullptr;  ///< of a quantized table
};

}  // namespace sightline::keras
