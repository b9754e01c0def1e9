// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "sightline/nn/encoder_config.h"

namespace sightline {

/// Sizes and parts of `AttentionPooling`.
struct AttentionPoolingConfig {
  EncoderConfig block;         ///< the attention and the MLP; `layers` has no meaning
  std::int64_t row_width = 0;  ///< R, size of the rows that are pooled
  bool input_norms = false;    ///< the query and the rows are normalised before
  bool mlp = true;             ///< an MLP with a residual connection follows

  bool operator==(const AttentionPoolingConfig&) const = default;
};

}  // namespace sightline
