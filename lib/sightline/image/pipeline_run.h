// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sightline/image/pixel_pipeline.h"
#include "sightline/image/resize_kernels.h"

namespace sightline {

/// load_pixels with the instruction set of the resize chosen by the caller, for tests and measurements; the
/// bytes do not depend on it. `level` must be supported.
Image load_pixels(ByteView file, const PixelPipeline& pipeline, const ImageLimits& limits,
                  std::vector<std::string>* warnings, SimdLevel level);

}  // namespace sightline
