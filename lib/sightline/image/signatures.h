// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sightline/base/bytes.h"

namespace sightline {

/// Whether a file begins like an image of one format. The first bytes decide, never the name; what stands
/// behind them may be wrong, and then the codec says so. Formats are known whether or not a build reads them.
bool is_jpeg(ByteView file);
bool is_png(ByteView file);
bool is_webp(ByteView file);
/// AVIF by its major brand, or in the general brands mif1 and msf1 by a compatible one.
bool is_avif(ByteView file);
/// HEIC by its major brand, and what has a general brand and is not AVIF.
bool is_heif(ByteView file);
bool is_gif(ByteView file);
bool is_bmp(ByteView file);
bool is_tiff(ByteView file);  ///< BigTIFF, too

}  // namespace sightline
