// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "sightline/ops/gemm.h"

namespace sightline {

/// Where the layer normalizations of a block are.
enum class NormOrder {
  before,     ///< x + f(norm(x)), as in CLIP
  after,      ///< norm(x + f(x)), as in BERT
  on_branch,  ///< x + norm(f(x)), as in EVA02-E
};

/// The hidden layer of the MLP of a block.
enum class MlpKind {
  plain,   ///< activation(fc1(x))
  swiglu,  ///< silu(gate(x)) * fc1(x)
};

/// Two-dimensional rotary positions: each head's values are turned in pairs, the first half of the pairs by
/// angles in proportion to one coordinate of the patch, the second half by angles in proportion to the other.
/// A coordinate is (index + offset) / side * reference. Source:  timm `RotaryEmbeddingCat`.
struct Rotary {
  std::int64_t reference = 0;  ///< number of patches along a side of the images that the angles are made for
  std::int64_t offset = 0;
  bool column_first = false;  ///< the first coordinate is that of the column; otherwise that of the row

  bool operator==(const Rotary&) const = default;
};

/// What all blocks of a tower share. It is read from the checkpoint's config, never guessed.
struct EncoderConfig {
  std::int64_t width = 0;      ///< W, size of the residual stream
  std::int64_t heads = 0;      ///< H; the head width is W / H
  std::int64_t mlp_width = 0;  ///< size of the hidden layer of the MLP
  std::int64_t layers = 0;     ///< number of blocks
  float epsilon = 1e-5F;       ///< epsilon of every layer normalization
  Activation activation = Activation::quick_gelu;
  NormOrder norm_order = NormOrder::before;
  MlpKind mlp = MlpKind::plain;
  bool key_bias = true;         ///< the projection of keys has a bias
  bool attention_norm = false;  ///< what the heads gather is normalised before the output projection
  bool mlp_norm = false;        ///< the hidden layer of the MLP is normalised

  bool operator==(const EncoderConfig&) const = default;
};

}  // namespace sightline
