// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "sightline/tensor/tensor.h"

namespace sightline {

/// Resizes a square grid of position embeddings to `rows` x `columns` by antialiased bilinear interpolation
/// and writes row `row` of the result. Shapes: grid [side * side, W]; work [side, W], overwritten; out
/// [columns, W]. Source:  transformers `Siglip2VisionEmbeddings.resize_positional_embeddings`, which equals
/// PyTorch's `interpolate(mode="bilinear", align_corners=False, antialias=True)`.
void resize_positions(TensorView<const float> grid, std::int64_t rows, std::int64_t columns, std::int64_t row,
                      TensorView<float> work, TensorView<float> out);

}  // namespace sightline
