// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "sightline/ops/gemm.h"

namespace sightline {

/// Where the layer normalizations of a block are.
enum class NormOrder {
  before,  ///< x + f(norm(x)), as in CLIP
  after,   ///< norm(x + f(x)), as in BERT
};

/// The sizes that all blocks of a tower share. They are read from the checkpoint's config, never guessed.
struct EncoderConfig {
  std::int64_t width = 0;      ///< W, size of the residual stream
  std::int64_t heads = 0;      ///< H; the head width is W / H
  std::int64_t mlp_width = 0;  ///< size of the hidden layer of the MLP
  std::int64_t layers = 0;     ///< number of blocks
  float epsilon = 1e-5F;       ///< epsilon of every layer normalization
  Activation activation = Activation::quick_gelu;
  NormOrder norm_order = NormOrder::before;
};

}  // namespace sightline
