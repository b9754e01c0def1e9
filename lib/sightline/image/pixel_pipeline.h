// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sightline/base/bytes.h"
#include "sightline/image/image.h"

namespace sightline {

/// Pillow's filters with Pillow's numbers, as used by `resample` in preprocessor_config.json.
enum class Resample { nearest = 0, lanczos = 1, bilinear = 2, bicubic = 3, box = 4, hamming = 5 };

/// How the target size is derived from the size of the image.
enum class ResizeMode {
  none,      ///< keeps the size
  shortest,  ///< the shorter side becomes `height`, the longer int(height * long / short)
  longest,   ///< OpenCLIP: the longer side becomes `height`, the rest is filled with `fill`
  exact,     ///< [height, width] regardless of the aspect ratio ("squash", or size: {height, width})
  patches,   ///< NaFlex: nearly keeps the aspect ratio; at most `max_patches` patches of [height, width]
};

enum class Alpha { white, drop };

/// The program whose order of steps and arithmetic give the pixels and values of an image.
enum class PixelRule {
  hf,          ///< transformers with its PIL backend: RGB, then Pillow's resize
  openai,      ///< OpenAI's and OpenCLIP's code: Pillow's resize, torchvision's CenterCrop, then RGB
  torchvision  ///< transformers with its torchvision backend: RGB, then PyTorch's resize
};

/// All steps between the bytes of a file and the 8-bit pixels of the crop. `docs/accuracy.md` gives the
/// reference of each step.
struct PixelPipeline {
  bool exif = true;            ///< apply the EXIF orientation
  Alpha alpha = Alpha::white;  ///< composite onto white instead of dropping alpha
  PixelRule rule = PixelRule::hf;
  ResizeMode resize = ResizeMode::shortest;
  std::int32_t height = 224;
  std::int32_t width = 224;
  Resample resample = Resample::bicubic;
  bool crop = true;
  std::int32_t crop_height = 224;
  std::int32_t crop_width = 224;
  std::int32_t fill = 0;           ///< grey level around a `longest` image
  std::int32_t max_patches = 256;  ///< for ResizeMode::patches
};

/// Checks that the rule of `pipeline` can be applied to it: PyTorch has no box or Hamming filter, and
/// transformers never fills a `longest` image. Errors: unsupported, with `subject`.
void check_pixel_rule(const PixelPipeline& pipeline, const std::string& subject);

/// Decodes, orients, converts to RGB, resizes and crops one image, with the same bytes as Pillow 13 or
/// PyTorch 2.13. The format is detected from the content. A large image is never held in memory as a whole if
/// its format can be decoded row by row. `warnings` (may be null) receives one line per recoverable problem.
/// Errors: magic, truncated, corrupt, header, limit, unsupported (docs/formats.md lists the cases), range if
/// a side would become 0 by resizing; those of check_pixel_rule.
Image load_pixels(ByteView file, const PixelPipeline& pipeline, const ImageLimits& limits,
                  std::vector<std::string>* warnings);

}  // namespace sightline
