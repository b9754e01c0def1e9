// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/keras/residual_attention.h"

namespace sightline::keras {

/// KerasCV's CLIPEncoder: the blocks of one tower, one after the other.
class CLIPEncoder : public Layer {
 public:
  /// KerasCV's arguments, and what it leaves out.
  struct Arguments {
    std::int64_t width;
    std::int64_t num_layers;
    std::int64_t heads;
    Mask mask = Mask::none;
    std::optional<std::int64_t> mlp_width = {};  ///< nothing = four times the width
    std::string activation = "quick_gelu";       ///< or "gelu"
    double epsilon = 1e-5;                       ///< of every norm
  };
  /// With initial weights. Errors: as ResidualAttention.
  explicit CLIPEncoder(const Arguments& arguments, const LayerOptions& options = {});
  /// With the weights of a scope (`layers.0`, ...). Errors: also those of `WeightScope::require`.
  CLIPEncoder(const Arguments& arguments, const LayerOptions& options, const WeightScope& scope);
  ~CLIPEncoder() override;
  /// From what `get_config` gives. Errors: missing, type, range, unsupported.
  static std::unique_ptr<CLIPEncoder> from_config(const LayerConfig& config);
  LayerConfig get_config() const override;

  using Layer::call;
  /// [B, L, W] -> [B, L, W], every position. Errors: mismatch.
  Tensor call(TensorView<const float> inputs) override;
  Shape compute_output_shape(const Shape& input_shape) const override;
  void quantize(std::string_view mode) override { quantize_parts(mode); }
  bool has_int8_form() const override { return true; }

  const Arguments& arguments() const { return arguments_; }
  std::int64_t layers() const { return arguments_.num_layers; }
  /// Errors: range.
  ResidualAttention& layer(std::int64_t index);
  const ResidualAttention& layer(std::int64_t index) const;

  /// Adds the weights to `weights` under Hugging Face's names below `prefix`.
  void collect(Weights& weights, const std::string& prefix) const;

 private:
  struct Compute;
  void weights_changed() override;

  Arguments arguments_;
  std::vector<std::unique_ptr<ResidualAttention>> blocks_;
  std::unique_ptr<Compute> compute_;
};

}  // namespace sightline::keras
