// SPDX-License-Identifier: Apache-2.0
#pragma once

struct avifImage;  // libavif's

namespace sightline {

/// Gives a decoded image, whose planes are changed in place, the precision that libavif 1.4 (Pillow 13's)
/// converts it to 8-bit RGB with. That one drops the lower bits of what has more than 8 where libyuv has a
/// way from 8 bits to the format and none from more; libavif 0.11 converts from all bits, and differs by up
/// to 15 levels. Alpha is shortened together with the colours, rounded where it is converted apart from them,
/// or shortened by libyuv. Found by comparing every depth, format and matrix. `alpha`: RGBA is wanted.
void match_precision_of_pillow(avifImage& image, bool alpha);

}  // namespace sightline
