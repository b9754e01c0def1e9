// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "sightline/image/pixel_pipeline.h"

namespace sightline {

struct ImageSize {
  std::int32_t height = 0;
  std::int32_t width = 0;
  bool operator==(const ImageSize&) const = default;
};

/// The size to which an image of `size` is resized.
/// Errors: range if a side would become 0; limit if one would exceed 2^30.
/// Source: transformers image_transforms.get_resize_output_image_size (shortest: multiply, divide, truncate);
/// open_clip transform.ResizeKeepRatio (longest: divide, round half to even); transformers
/// image_processing_siglip2.get_image_size_for_max_num_patches (patches: bisect the scale).
ImageSize resized_size(ImageSize size, const PixelPipeline& pipeline);

/// One dimension of the crop: `length` positions of the image from `begin` are placed at `target` in a result
/// of `size`.
struct CropSide {
  std::int32_t size = 0;
  std::int32_t begin = 0;
  std::int32_t length = 0;
  std::int32_t target = 0;
};

/// A centred crop of `crop` positions out of `size`; a smaller image is centred in the result. If the
/// difference is odd, the crop starts at the floor of the half and padding ends there (transformers
/// image_transforms.center_crop); with PixelRule::openai, the crop starts at the half rounded to even and the
/// image at its floor (torchvision functional.center_crop); with PixelRule::torchvision, both start at the
/// floor (transformers TorchvisionBackend.center_crop).
CropSide crop_side(std::int32_t size, std::int32_t crop, PixelRule rule);

}  // namespace sightline
