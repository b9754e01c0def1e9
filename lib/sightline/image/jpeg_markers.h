// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "sightline/base/bytes.h"
#include "sightline/image/image.h"

namespace sightline {

/// What a walk over a JPEG's markers tells before any decoding.
struct JpegLayout {
  std::int32_t width = 0;
  std::int32_t height = 0;
  int components = 0;
  bool progressive = false;
  std::int64_t scans = 0;
  std::int64_t coefficient_bytes = 0;  ///< what a decoder of several scans must hold, 0 for one scan
  int orientation = 1;                 ///< from APP1: EXIF, else XMP
  bool exif_unreadable = false;        ///< see ExifOrientation
  /// Not all components have a scan. Of a progressive file libjpeg knows more: which bits are missing.
  bool components_missing = false;
};

/// Walks over every marker of `file` (which begins with FF D8), entropy-coded data included, up to the
/// end-of-image marker. Bytes behind it are nobody's concern. Time is linear in the size of the file. Errors:
/// truncated, header, limit (size, scans, scans x pixels, decoder memory), unsupported.
JpegLayout read_jpeg_layout(ByteView file, const ImageLimits& limits);

}  // namespace sightline
