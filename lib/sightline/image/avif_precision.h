// SPDX-License-Identifier: Apache-2.0
#pragma once

struct avifImage;  // libavif's type

namespace sightline {

/// Reduces the precision of a decoded image, in place, to that of libavif 1.4 (Pillow 13). That version drops
/// the low bits of images with more than 8 bits if libyuv can convert the format from 8 bits only; libavif
/// 0.11 converts from all bits, which differs by up to 15 levels. Alpha is reduced together with the colours:
/// rounded if it is converted separately, else truncated by libyuv. Determined by comparing every depth,
/// format and matrix. `alpha`: the output is RGBA.
void match_precision_of_pillow(avifImage& image, bool alpha);

}  // namespace sightline
