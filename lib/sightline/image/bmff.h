// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <initializer_list>
#include <span>
#include <string_view>

#include "sightline/base/bytes.h"
#include "sightline/image/image.h"

namespace sightline {

/// The little that has to be known about ISO/IEC 14496-12 files (AVIF, HEIC) before a library reads them. All
/// functions take any bytes.

/// Brands of still images and sequences coded with HEVC. Source: ISO/IEC 23008-12 annex B.4.
inline constexpr std::array<std::string_view, 8> kHevcBrands = {"heic", "heix", "heim", "heis",
                                                                "hevc", "hevx", "hevm", "hevs"};

/// The four letters behind "ftyp", empty when the file does not begin with such a box.
std::string_view bmff_major_brand(ByteView file);
/// Whether the ftyp box names one of `brands`, as major or compatible brand.
bool bmff_has_brand(ByteView file, std::span<const std::string_view> brands);
inline bool bmff_has_brand(ByteView file, std::initializer_list<std::string_view> brands) {
  return bmff_has_brand(file, std::span(brands.begin(), brands.size()));
}
/// Whether the file ends inside one of its outermost boxes: it was cut.
bool bmff_is_cut(ByteView file);
/// For the message when a library has refused the file: errors limit when one of its image sizes (ispe) is
/// more than `limits` allow. Looks at the first 64 KiB.
void check_bmff_sizes(ByteView file, const ImageLimits& limits, std::string_view subject);

}  // namespace sightline
