// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sightline/image/codec.h"
#include "sightline/image/crop.h"
#include "sightline/image/orientation.h"
#include "sightline/image/pixel_pipeline.h"
#include "sightline/image/resampler.h"

namespace sightline {

/// The steps for one image.
struct Geometry {
  Orientation turn;
  ImageSize upright;
  ImageSize resized;
  CropSide down;
  CropSide across;
};

/// Errors: limit if the result would have too many pixels; those of resized_size.
Geometry plan_geometry(const ImageInfo& info, const PixelPipeline& pipeline, const ImageLimits& limits);

/// The axes of the upright image, in terms of its stored rows and columns. `channels`: samples per pixel.
ResamplePlan plan_resampling(const Geometry& geometry, Resample filter, PixelRule rule, int channels);

}  // namespace sightline
