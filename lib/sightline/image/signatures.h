// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sightline/base/bytes.h"

namespace sightline {

/// Whether a file starts like an image of a given format. The first bytes decide, never the name; if the rest
/// is damaged, the codec reports it. Formats are recognised whether or not a build reads them.
bool is_jpeg(ByteView file);
bool is_png(ByteView file);
bool is_webp(ByteView file);
/// AVIF by its major brand, or with the general brands mif1 and msf1 by a compatible brand.
bool is_avif(ByteView file);
/// HEIC by its major brand, or a general brand that is not AVIF.
bool is_heif(ByteView file);
bool is_gif(ByteView file);
bool is_bmp(ByteView file);
bool is_tiff(ByteView file);  ///< including BigTIFF

}  // namespace sightline
