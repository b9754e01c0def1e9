// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "sightline/nn/residual_attention.h"

namespace sightline {

/// A row of consecutive positions inside a batch, and the one position whose output is wanted.
struct Sequence {
  std::int64_t length = 0;
  std::int64_t pooled_position = 0;
};

/// The blocks of one tower, one after the other.
/// Source:  KerasCV `CLIPEncoder`; transformers `CLIPEncoder`.
class CLIPEncoder : public Layer {
 public:
  CLIPEncoder(const WeightScope& scope, const EncoderConfig& config, Mask mask, const GemmBackend& backend);

  /// KerasCV's arguments.
  struct Arguments {
    std::int64_t width;
    std::int64_t num_layers;
    std::int64_t heads;
    Mask mask = Mask::none;
  };
  /// With initial weights of its own. Errors: range.
  explicit CLIPEncoder(const Arguments& arguments, const Untrained& untrained = {});
  /// From what `get_config` gives. Errors: missing, type, range.
  static std::unique_ptr<CLIPEncoder> from_config(const LayerConfig& config, const Untrained& untrained = {});
  LayerConfig get_config() const override;
  /// [B, L, W] -> [B, W]: one position of each sequence.
  Shape compute_output_shape(const Shape& input_shape) const override;

  /// x [sum of lengths, W], sequences one behind the other, is used up; pooled [S, W] receives the output of
  /// each sequence at its pooled position. The last block computes nothing else. Errors:
  /// mismatch for other shapes, and for a position outside its sequence.
  void operator()(TensorView<float> x, std::span<const Sequence> sequences, TensorView<float> pooled,
                  Context& context) const;

  const EncoderConfig& config() const { return config_; }
  std::int64_t layers() const { return static_cast<std::int64_t>(blocks_.size()); }
  const ResidualAttention& layer(std::int64_t index) const {
    return *blocks_[static_cast<std::size_t>(index)];
  }

 private:
  std::vector<std::unique_ptr<ResidualAttention>> blocks_;
  EncoderConfig config_;
  Mask mask_;
};

/// The spans of whole sequences (every row asks), or of their pooled rows alone.
void fill_spans(std::span<const Sequence> sequences, bool pooled_only, std::span<AttentionSpan> spans);

}  // namespace sightline
