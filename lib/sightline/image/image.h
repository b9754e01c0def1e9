// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace sightline {

/// 8-bit RGB, interleaved: pixels [height, width, 3].
struct Image {
  std::int32_t width = 0;
  std::int32_t height = 0;
  std::vector<std::uint8_t> pixels;
};

/// What a decoder may spend on one untrusted image, checked from the header before pixels are allocated, and
/// what it lets pass.
struct ImageLimits {
  std::int64_t max_bytes = 256LL << 20;
  std::int64_t max_pixels = 178'956'970;  ///< Pillow's error line: 2 * 89,478,485
  std::int32_t max_side = 65'500;         ///< libjpeg's
  std::int32_t max_jpeg_scans = 500;      ///< as TurboJPEG and DALI
  std::int64_t max_scan_pixels = 4'000'000'000;
  std::int64_t max_decoder_memory = 1536LL << 20;
  std::int64_t max_decoded_bytes = 4'000'000'000;  ///< of a TIFF's tiles, whole
  /// PNG: a wrong CRC or Adler sum is an error; else it is a warning, or unseen. An Adler sum stays an error
  /// where libpng was built without the choice.
  bool checksums = true;
};

}  // namespace sightline
