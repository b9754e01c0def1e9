// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sightline/base/bytes.h"
#include "sightline/image/image.h"

namespace sightline {

/// Pillow's filters under Pillow's numbers, as a preprocessor_config.json's `resample` names them.
enum class Resample { nearest = 0, lanczos = 1, bilinear = 2, bicubic = 3, box = 4, hamming = 5 };

/// How the target size follows from the picture's.
enum class ResizeMode {
  none,      ///< keeps its size
  shortest,  ///< the shorter side becomes `height`, the longer int(height * long / short)
  longest,   ///< OpenCLIP: the longer side becomes `height`, the rest is filled with `fill`
  exact,     ///< [height, width] whatever the proportions ("squash", or size: {height, width})
};

enum class Alpha { white, drop };

/// Everything between the bytes of a file and the 8-bit pixels of the crop. `docs/accuracy.md` names the
/// reference of each step.
struct PixelPipeline {
  bool exif = true;            ///< turn the picture as its EXIF orientation says
  Alpha alpha = Alpha::white;  ///< composited onto white, or ignored
  bool openai =
      false;  ///< OpenAI's order: RGB conversion after resize and crop, crop offset rounded half to even
  ResizeMode resize = ResizeMode::shortest;
  std::int32_t height = 224;
  std::int32_t width = 224;
  Resample resample = Resample::bicubic;
  bool crop = true;
  std::int32_t crop_height = 224;
  std::int32_t crop_width = 224;
  std::int32_t fill = 0;  ///< grey level around a `longest` picture
};

/// Decodes, turns, converts to RGB, resizes and crops one picture: Pillow 13's bytes. The content decides the
/// format. A large picture is never held whole where its format allows row by row decoding. `warnings` (may
/// be null) receives one line per oddity that was accepted. Errors: magic, truncated, corrupt, header, limit,
/// unsupported (docs/formats.md lists the cases), range when resizing would leave nothing of a side.
Image load_pixels(ByteView file, const PixelPipeline& pipeline, const ImageLimits& limits,
                  std::vector<std::string>* warnings);

}  // namespace sightline
