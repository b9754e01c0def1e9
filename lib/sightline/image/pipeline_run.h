// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sightline/image/pixel_pipeline.h"
#include "sightline/image/resize_kernels.h"
#include "sightline/image/thumbnail.h"

namespace sightline {

/// The arguments of `load_with_thumbnail`.
struct PipelineRun {
  const PixelPipeline& pipeline;
  const ImageLimits& limits;
  std::vector<std::string>* warnings;  ///< may be null
  SimdLevel level;                     ///< of the resize for the model; the result does not depend on it
  ThumbnailOptions thumbnail;
};

/// The pixels for the model and, if requested, a thumbnail.
struct ImageWithThumbnail {
  Image pixels;
  Thumbnail thumbnail;
};

/// load_pixels that decodes an image once for both of its uses. Errors: those of `load_pixels`.
ImageWithThumbnail load_with_thumbnail(ByteView file, const PipelineRun& run);

/// load_pixels with a given instruction set for the resize, for tests and benchmarks; the result does not
/// depend on it. The processor must support `level`.
Image load_pixels(ByteView file, const PixelPipeline& pipeline, const ImageLimits& limits,
                  std::vector<std::string>* warnings, SimdLevel level);

}  // namespace sightline
