// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "sightline/image/pixel_pipeline.h"

namespace sightline {

struct PictureSize {
  std::int32_t height = 0;
  std::int32_t width = 0;
  bool operator==(const PictureSize&) const = default;
};

/// The size a picture of `size` is resized to.
/// Errors: range when a side would become 0; limit when one would pass 2^30.
/// Source: transformers image_transforms.get_resize_output_image_size (shortest: multiply, divide, truncate);
/// open_clip transform.ResizeKeepRatio (longest: divide, round half to even).
PictureSize resized_size(PictureSize size, const PixelPipeline& pipeline);

/// One direction of the crop: `length` positions of the picture from `begin` go to `target` in a result of
/// `size`.
struct CropSide {
  std::int32_t size = 0;
  std::int32_t begin = 0;
  std::int32_t length = 0;
  std::int32_t target = 0;
};

/// A centred crop of `crop` positions out of `size`; the picture stands in the middle when it is the smaller
/// one. `torchvision` chooses between the two conventions for odd differences: transformers
/// (image_transforms.center_crop: crop begins at the floor, padding at the ceiling of the half) and
/// torchvision (functional.center_crop: crop begins at the half rounded to even, padding at its floor), which
/// OpenAI and OpenCLIP use.
CropSide crop_side(std::int32_t size, std::int32_t crop, bool torchvision);

}  // namespace sightline
