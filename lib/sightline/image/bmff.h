// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <initializer_list>
#include <span>
#include <string_view>

#include "sightline/base/bytes.h"
#include "sightline/image/image.h"

namespace sightline {

/// Minimal parsing of ISO/IEC 14496-12 files (AVIF, HEIC) before a library reads them. All functions accept
/// arbitrary bytes.

/// Brands of still images and sequences coded with HEVC. Source: ISO/IEC 23008-12 annex B.4.
inline constexpr std::array<std::string_view, 8> kHevcBrands = {"heic", "heix", "heim", "heis",
                                                                "hevc", "hevx", "hevm", "hevs"};

/// The major brand of the ftyp box, or empty if the file does not start with one.
std::string_view bmff_major_brand(ByteView file);
/// Whether the ftyp box contains one of `brands`, as major or compatible brand.
bool bmff_has_brand(ByteView file, std::span<const std::string_view> brands);
inline bool bmff_has_brand(ByteView file, std::initializer_list<std::string_view> brands) {
  return bmff_has_brand(file, std::span(brands.begin(), brands.size()));
}
/// Whether the file ends inside one of its top-level boxes, that is, whether it is truncated.
bool bmff_is_truncated(ByteView file);
/// Improves the message after a library has rejected the file. Errors: limit if one of its image sizes (ispe)
/// exceeds `limits`. Reads the first 64 KiB.
void check_bmff_sizes(ByteView file, const ImageLimits& limits, std::string_view subject);

}  // namespace sightline
