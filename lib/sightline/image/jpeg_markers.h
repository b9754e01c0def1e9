// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "sightline/base/bytes.h"
#include "sightline/image/image.h"

namespace sightline {

/// The result of scanning the markers of a JPEG before any decoding.
struct JpegLayout {
  std::int32_t width = 0;
  std::int32_t height = 0;
  int components = 0;
  bool progressive = false;
  std::int64_t scans = 0;
  std::int64_t coefficient_bytes = 0;  ///< memory needed for several scans, 0 for one scan
  int orientation = 1;                 ///< from APP1: EXIF, else XMP
  bool exif_unreadable = false;        ///< see ExifOrientation
  /// Some components have no scan. For a progressive file, libjpeg can also detect missing bits.
  bool components_missing = false;
};

/// Scans every marker of `file` (which starts with FF D8), including entropy-coded data, up to the
/// end-of-image marker. Bytes after it are ignored. The time is linear in the size of the file. Errors:
/// truncated, header, limit (size, scans, scans x pixels, decoder memory), unsupported.
JpegLayout read_jpeg_layout(ByteView file, const ImageLimits& limits);

}  // namespace sightline
