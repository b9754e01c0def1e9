// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "sightline/keras/dense_layer.h"
#include "sightline/keras/layer.h"
#include "sightline/keras/mask.h"

namespace sightline::keras {

/// KerasCV's CLIPAttention: multi-head attention with projections of its own for queries, keys, values and
/// the result.
class CLIPAttention : public Layer {
 public:
  /// KerasCV's arguments. `num_hidden_layers` scales the initial values; `dropout` is recorded and does
  /// nothing, since nothing is trained here. KerasCV gives the mask to each call, here it belongs to the
  /// layer.
  struct Arguments {
    std::int64_t proj_dim;
    std::int64_t num_heads;
    std::int64_t num_hidden_layers;
    double dropout = 0.0;
    Mask mask = Mask::none;
  };
  /// With initial weights. Errors: range for heads that do not divide the width, layers below 1, a dropout
  /// outside [0, 1); unsupported for a dtype other than float32 and
  /// int8_from_float32.
  explicit CLIPAttention(const Arguments& arguments, const LayerOptions& options = {});
  /// With the weights of a scope (`q_proj`, ...). Errors: also those of `WeightScope::require`.
  CLIPAttention(const Arguments& arguments, const LayerOptions& options, const WeightScope& scope);
  ~CLIPAttention() override;
  /// From what `get_config` gives. Errors: missing, type, range, unsupported.
  static std::unique_ptr<CLIPAttention> from_config(const LayerConfig& config);
  LayerConfig get_config() const override;

  using Layer::call;
  /// [B, L, W] -> [B, L, W]. Errors: mismatch.
  Tensor call(TensorView<const float> inputs) override;
  Shape compute_output_shape(const Shape& input_shape) const override;
  void quantize(std::string_view mode) override { quantize_parts(mode); }
  bool has_int8_form() const override { return true; }

  /// Adds the weights to `weights` under Hugging Face's names below `prefix`.
  void collect(Weights& weights, const std::string& prefix) const;

 private:
  struct Compute;
  void weights_changed() override;

  Arguments arguments_;
  Dense q_proj_, k_proj_, v_proj_, out_proj_;
  std::unique_ptr<Compute> compute_;
};

}  // namespace sightline::keras
