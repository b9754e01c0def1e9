// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "sightline/base/bytes.h"
#include "sightline/image/color_table.h"
#include "sightline/image/image.h"

namespace sightline {

enum class BmpCoding { plain, rle4, rle8 };

/// The contents of the headers of a BMP. `pixels` is a view into the file.
struct BmpLayout {
  std::int32_t width = 0;
  std::int32_t height = 0;
  bool top_down = false;
  int bits = 0;  ///< bits per pixel: 1, 4, 8, 16, 24 or 32
  BmpCoding coding = BmpCoding::plain;
  bool indexed = false;  ///< indexed: 8 bits or fewer
  bool grey = false;     ///< indexed image without a palette: Pillow's modes 1 and L
  bool bilevel = false;  ///< indexed image of two levels: Pillow's mode 1
  ColorTable colors;
  bool alpha = false;         ///< 32 bits: the fourth sample is alpha
  bool green_6_bits = false;  ///< 16 bits: 5-6-5, else 5-5-5
  /// 24 and 32 bits: byte positions of red, green, blue and alpha in a pixel.
  std::array<std::size_t, 4> order{};
  std::size_t pixels_at = 0;  ///< offset of the pixels, which may be beyond the end of the file
};

/// Reads the headers and the palette as Pillow 13's BmpImagePlugin does, including OS/2 headers and versions
/// 2 to 5.
/// Errors: truncated, header, limit (size), unsupported.
BmpLayout read_bmp_layout(ByteView file, const ImageLimits& limits);

/// Bytes from one row of uncompressed pixels to the next.
std::size_t bmp_stride(const BmpLayout& layout);

}  // namespace sightline
