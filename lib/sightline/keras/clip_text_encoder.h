// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/keras/clip_encoder.h"
#include "sightline/keras/dense_layer.h"
#include "sightline/keras/embedding_layer.h"
#include "sightline/keras/layer_normalization.h"

namespace sightline::keras {

/// KerasCV's CLIPTextEncoder: CLIP's text transformer and its projection.
class CLIPTextEncoder : public Layer {
 public:
  /// KerasCV's arguments, and what it leaves out.
  struct Arguments {
    std::int64_t transformer_width;
    std::int64_t transformer_layers;
    std::int64_t transformer_heads;
    std::int64_t vocab_size;
    std::int64_t embed_dim;
    std::int64_t context_length;
    std::optional<std::int64_t> mlp_width = {};     ///< nothing = four times the width
    std::string activation = "quick_gelu";          ///< or "gelu"
    double epsilon = 1e-5;                          ///< of every norm
    std::optional<std::int64_t> eos_token_id = {};  ///< nothing = a text ends at its largest id
  };
  /// With initial weights. Errors: range for a size below 1, heads that do not divide the width, an epsilon
  /// that is not above 0, an end below 0; unsupported for another activation, or a dtype other than float32
  /// and int8_from_float32.
  explicit CLIPTextEncoder(const Arguments& arguments, const LayerOptions& options = {});
  /// With the weights of a whole checkpoint (`text_model`, `text_projection`). Errors: also those of
  /// `WeightScope::require`.
  CLIPTextEncoder(const Arguments& arguments, const LayerOptions& options, const WeightScope& root);
  ~CLIPTextEncoder() override;
  /// From what `get_config` gives. Errors: missing, type, range, unsupported.
  static std::unique_ptr<CLIPTextEncoder> from_config(const LayerConfig& config);
  LayerConfig get_config() const override;

  /// Ids and mask [B, L] -> embeddings [B, E], not normalised. L is any length. The mask is ones, then zeros,
  /// in each row; without one every id counts. Ids that it hides are not looked at. Errors: range for an id
  /// outside the vocabulary, and for a text without ids or longer than the context; unsupported for a mask
  /// with a hole; mismatch for other shapes; corrupt when an embedding is not finite. const = safe to share.
  Tensor operator()(TensorView<const std::int32_t> token_ids, TensorView<const bool> padding_mask = {}) const;
  /// [B, L] -> [B, E]; -1 is any size. Errors: mismatch for another rank.
  Shape compute_output_shape(const Shape& input_shape) const override;
  void quantize(std::string_view mode) override { quantize_parts(mode); }
  bool has_int8_form() const override { return true; }

  const Arguments& arguments() const { return arguments_; }
  CLIPEncoder& encoder() { return encoder_; }
  const CLIPEncoder& encoder() const { return encoder_; }

  /// Adds the weights to `weights` under Hugging Face's names.
  void collect(Weights& weights) const;

 private:
  struct Compute;
  void weights_changed() override;

  Arguments arguments_;
  Embedding token_embedding_, positional_embedding_;
  CLIPEncoder encoder_;
  LayerNormalization ln_final_;
  Dense projection_;
  std::unique_ptr<Compute> compute_;
};

}  // namespace sightline::keras
