// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "sightline/image/crop.h"
#include "sightline/tensor/tensor.h"

namespace sightline {

/// The images of a pass, which may have different sizes.
struct ImageBatch {
  /// [B, P]: row i begins with the values [C, height, width] of image i; the rest of it is ignored.
  TensorView<const float> pixels;
  std::span<const ImageSize> sizes;  ///< of each image
};

}  // namespace sightline
