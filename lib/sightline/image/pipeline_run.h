// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sightline/image/pixel_pipeline.h"
#include "sightline/image/resize_kernels.h"

namespace sightline {

/// load_pixels with a given instruction set for the resize, for tests and benchmarks; the result does not
/// depend on it. The processor must support `level`.
Image load_pixels(ByteView file, const PixelPipeline& pipeline, const ImageLimits& limits,
                  std::vector<std::string>* warnings, SimdLevel level);

}  // namespace sightline
