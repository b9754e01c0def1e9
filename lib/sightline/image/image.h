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

/// Limits for decoding one untrusted image, checked from its header before pixels are allocated, and the
/// handling of checksum errors.
struct ImageLimits {
  std::int64_t max_bytes = 256LL << 20;
  std::int64_t max_pixels = 178'956'970;  ///< Pillow's limit: 2 * 89,478,485
  std::int32_t max_side = 65'500;         ///< libjpeg's limit
  std::int32_t max_jpeg_scans = 500;      ///< the limit of TurboJPEG and DALI
  std::int64_t max_scan_pixels = 4'000'000'000;
  std::int64_t max_decoder_memory = 1536LL << 20;
  std::int64_t max_decoded_bytes = 4'000'000'000;  ///< of a TIFF's tiles, in full
  /// PNG: a wrong CRC or Adler checksum is an error; otherwise it is a warning or goes unnoticed. A wrong
  /// Adler checksum remains an error if libpng was built without that option.
  bool checksums = true;
};

}  // namespace sightline
