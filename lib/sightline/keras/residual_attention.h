// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/keras/clip_attention.h"
#include "sightline/keras/dense_layer.h"
#include "sightline/keras/layer_normalization.h"

namespace sightline::keras {

/// KerasCV's ResidualAttention, one transformer block: x + attention(norm(x)), then x + mlp(norm(x)).
class ResidualAttention : public Layer {
 public:
  /// KerasCV's arguments, and what it leaves out. `num_hidden_layers` scales the initial values.
  struct Arguments {
    std::int64_t proj_dim;
    std::int64_t num_heads;
    std::int64_t num_hidden_layers;
    Mask mask = Mask::none;
    std::optional<std::int64_t> mlp_width = {};  ///< nothing = four times `proj_dim`
    std::string activation = "quick_gelu";       ///< or "gelu"
    double epsilon = 1e-5;                       ///< of both norms
  };
  /// With initial weights. Errors: range for heads that do not divide the width, layers or a width below 1,
  /// an epsilon that is not above 0; unsupported for another activation, or a dtype other than float32
  /// and int8_from_float32.
  explicit ResidualAttention(const Arguments& arguments, const LayerOptions& options = {});
  /// With the weights of a scope (`layer_norm1`, `self_attn`, ...). Errors: also those of
  /// `WeightScope::require`.
  ResidualAttention(const Arguments& arguments, const LayerOptions& options, const WeightScope& scope);
  ~ResidualAttention() override;
  /// From what `get_config` gives. Errors: missing, type, range, unsupported.
  static std::unique_ptr<ResidualAttention> from_config(const LayerConfig& config);
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
  LayerNormalization ln_1_;
  CLIPAttention attention_;
  LayerNormalization ln_2_;
  Dense c_fc_, c_proj_;
  std::unique_ptr<Compute> compute_;
};

}  // namespace sightline::keras
