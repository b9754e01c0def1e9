// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "sightline/base/bytes.h"

namespace sightline {

/// Decodes the palette indices of a run-length coded BMP in stored order (usually bottom row first), as
/// Pillow's BmpRleDecoder does: skipped pixels have index 0. `at`: offset of the first code in `file`;
/// `four`: two indices per byte. Memory: the result, width * height bytes. Errors: truncated if there are too
/// few codes.
std::vector<std::uint8_t> decode_bmp_rle(ByteView file, std::size_t at, std::int32_t width,
                                         std::int32_t height, bool four);

}  // namespace sightline
