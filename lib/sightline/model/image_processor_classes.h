// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "sightline/image/pixel_pipeline.h"

namespace sightline {

/// What a class does with `size` before it resizes.
enum class SizeRule {
  plain,       ///< takes it as it is
  levit,       ///< the shorter side becomes int(256 / 224 * size)
  convnext,    ///< below 384 the shorter side becomes int(size / crop_pct), and size x size is cut out of it;
               ///< from 384 on the image is squashed to size x size
  poolformer,  ///< a square size counts as the shorter side; every side becomes int(size / crop_pct)
};

/// Whether a class cuts out the centre when its file does not say.
enum class CropDefault {
  yes,
  no,
  without_size,  ///< no, and the file has to bring the crop's size, too
};

/// Of the three channels.
struct ChannelStatistics {
  std::array<float, 3> mean, std;
};

/// One of transformers' image processor classes whose steps are: resize, centre crop, rescale, normalise. Its
/// defaults, for what a file does not say.
struct ImageProcessorClass {
  std::string_view name;  ///< as files name it, without `Fast` and `Pil`
  ResizeMode resize;      ///< shortest or exact
  std::int32_t size;
  bool number_is_square;  ///< `"size": N` is N x N, not the shorter side (transformers' default_to_square)
  Resample resample;
  CropDefault crop;
  std::int32_t crop_size;
  ChannelStatistics statistics;
  bool convert_rgb;
  SizeRule rule = SizeRule::plain;
  double crop_pct = 0;  ///< of the rules convnext and poolformer
  double rescale_factor = 1.0 / 255.0;
};

/// The class that CLIP models have unless a file names another one.
const ImageProcessorClass& clip_image_processor();

/// The class of this name, or null; `ViTImageProcessor`, `ViTImageProcessorFast` and `ViTImageProcessorPil`
/// are one.
const ImageProcessorClass* find_image_processor(std::string_view name);

/// The names that find_image_processor knows, for messages: "CLIP, ChineseCLIP, ...".
std::string image_processor_names();

}  // namespace sightline
