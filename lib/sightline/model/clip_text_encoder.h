// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sightline/model/config.h"
#include "sightline/model/encoder.h"
#include "sightline/nn/clip_encoder.h"
#include "sightline/nn/embedding.h"

namespace sightline {

/// CLIP's text transformer and its projection. Attention is causal, so rows behind the pooled one are never
/// computed, and texts of different lengths lie one behind the other without padding. Source:  KerasCV
/// `CLIPTextEncoder`; transformers `CLIPTextModelWithProjection`.
class CLIPTextEncoder : public TextEncoder {
 public:
  /// `root` is the scope of the whole checkpoint (`text_model`, `text_projection`).
  CLIPTextEncoder(const WeightScope& root, const CLIPConfig& config, const GemmBackend& backend);

  /// KerasCV's arguments.
  struct Arguments {
    std::int64_t transformer_width;
    std::int64_t transformer_layers;
    std::int64_t transformer_heads;
    std::int64_t vocab_size;
    std::int64_t embed_dim;
    std::int64_t context_length;
  };
  /// With initial weights of its own; a text ends at its largest id, as in KerasCV. Errors: range.
  explicit CLIPTextEncoder(const Arguments& arguments, const Untrained& untrained = {});
  /// From what `get_config` gives. Errors: missing, type, range.
  static std::unique_ptr<CLIPTextEncoder> from_config(const LayerConfig& config,
                                                      const Untrained& untrained = {});
  LayerConfig get_config() const override;
  /// Ids [B, L] -> [B, E].
  Shape compute_output_shape(const Shape& input_shape) const override;
  std::vector<Shape> sublayer_inputs(const Shape& input_shape) const override;

  void operator()(const TokenBatch& texts, TensorView<float> embeddings, Context& context) const override;

  /// The position whose output is the text's: of the largest id when eos_token_id is 2 (legacy configs), else
  /// the first whose id is eos_token_id (0 when there is none, as the reference's argmax gives).
  std::int64_t pooled_position(std::span<const std::int32_t> ids) const;
  /// Token embedding + positions of one text into x [ids, W].
  void embed(std::span<const std::int32_t> ids, TensorView<float> x) const;
  const CLIPEncoder& encoder() const { return encoder_; }
  const LayerNormalization& final_norm() const { return final_norm_; }

 private:
  void encode(const TokenBatch& texts, std::int64_t begin, std::span<const Sequence> sequences,
              TensorView<float> embeddings, Context& context) const;

  std::int64_t width_, context_length_, eos_token_id_;
  Embedding token_embedding_, position_embedding_;
  CLIPEncoder encoder_;
  LayerNormalization final_norm_;
  Dense projection_;
};

}  // namespace sightline
