// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "sightline/image/pixel_pipeline.h"

namespace sightline {

/// How a class interprets `size` before it resizes.
enum class SizeRule {
  plain,       ///< as given
  levit,       ///< the shorter side becomes int(256 / 224 * size)
  convnext,    ///< below 384 the shorter side becomes int(size / crop_pct), and the centre of size x size is
               ///< cropped; from 384 on the image is resized to size x size without keeping its aspect ratio
  poolformer,  ///< a square size counts as the shorter side; every side becomes int(size / crop_pct)
  patches,     ///< `size` is ignored: NaFlex, patches of the class's size
};

/// Whether a class crops the centre if its file does not specify it.
enum class CropDefault {
  yes,
  no,
  without_size,  ///< no; a file that turns it on must also give the crop size
};

/// Mean and standard deviation of the three channels.
struct ChannelStatistics {
  std::array<float, 3> mean, std;
};

/// An image processor class of transformers whose steps are resize, centre crop, rescale and normalise. The
/// members are its defaults for settings that a file does not specify.
struct ImageProcessorClass {
  std::string_view name;  ///< as in files, without the suffixes `Fast` and `Pil`
  ResizeMode resize;      ///< shortest, exact or patches
  std::int32_t size;      ///< of a side
  bool number_is_square;  ///< `"size": N` is N x N, not the shorter side (transformers' default_to_square)
  Resample resample;
  CropDefault crop;
  std::int32_t crop_size;
  ChannelStatistics statistics;
  bool convert_rgb;
  SizeRule rule = SizeRule::plain;
  double crop_pct = 0;  ///< for the rules convnext and poolformer
  double rescale_factor = 1.0 / 255.0;
  /// A do_convert_rgb that is null converts as well. transformers then converts nothing, and fails for images
  /// that are not RGB.
  bool null_converts = false;
};

/// The class that CLIP models use unless a file names another one.
const ImageProcessorClass& clip_image_processor();

/// The class with this name, or null. The suffixes `Fast` and `Pil` are ignored: `ViTImageProcessor`,
/// `ViTImageProcessorFast` and `ViTImageProcessorPil` are the same class.
const ImageProcessorClass* find_image_processor(std::string_view name);

/// The names of all known classes, for messages: "CLIP, ChineseCLIP, ...".
std::string image_processor_names();

}  // namespace sightline
