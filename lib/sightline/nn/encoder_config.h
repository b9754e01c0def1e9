// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "sightline/ops/gemm.h"

namespace sightline {

/// What the blocks of one tower have in common. Read from the checkpoint's config, never guessed.
struct EncoderConfig {
  std::int64_t width = 0;      ///< W, size of the residual stream
  std::int64_t heads = 0;      ///< H; the head width is W / H
  std::int64_t mlp_width = 0;  ///< size between the two dense layers of the MLP
  std::int64_t layers = 0;     ///< number of blocks
  float epsilon = 1e-5F;       ///< of every layer normalization
  Activation activation = Activation::quick_gelu;
};

}  // namespace sightline
