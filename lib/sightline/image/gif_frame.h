// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "sightline/base/bytes.h"
#include "sightline/image/color_table.h"
#include "sightline/image/image.h"

namespace sightline {

/// The first frame of a GIF and the canvas that it is placed on. Views point into the file.
struct GifFrame {
  std::int32_t canvas_width = 0;  ///< canvas size, extended to include the frame
  std::int32_t canvas_height = 0;
  std::int32_t left = 0;
  std::int32_t top = 0;
  std::int32_t width = 0;
  std::int32_t height = 0;
  bool interlaced = false;
  std::optional<std::uint8_t> transparent;
  bool grey = false;  ///< no palette, or one whose colour i is grey level i: Pillow's mode L
  ColorTable colors;
  int code_bits = 0;
  ByteView data;  ///< the file from the first data block on
};

/// Reads the blocks up to the data of the first frame, as Pillow 13's GifImagePlugin does. Errors: truncated,
/// header, corrupt, limit (size).
GifFrame read_gif_frame(ByteView file, const ImageLimits& limits);

}  // namespace sightline
