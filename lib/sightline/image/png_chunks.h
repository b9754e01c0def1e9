// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sightline/base/bytes.h"
#include "sightline/image/codec.h"

namespace sightline {

inline constexpr std::string_view kPngSignature("\x89PNG\r\n\x1a\n", 8);

enum class PngColor { grey = 0, rgb = 2, palette = 3, grey_alpha = 4, rgb_alpha = 6 };

/// What a walk over a PNG's chunks tells before any decoding. Views point into the file.
struct PngLayout {
  std::int32_t width = 0;
  std::int32_t height = 0;
  int depth = 0;
  PngColor color = PngColor::grey;
  bool interlaced = false;
  ByteView palette;       ///< PLTE: 1 to 256 triples when color is palette
  ByteView transparency;  ///< tRNS, long enough for its colour type; empty when there is none
  int orientation = 1;    ///< see PngOrientation
  /// The bytes libpng is given: signature, IHDR, PLTE of a palette picture and the first run of IDAT, each
  /// whole. All other chunks stay unread: no text is inflated, no profile parsed, however many there are.
  std::vector<ByteView> essential;
  /// The checksum of the last IDAT when the file ends inside it; `essential` then ends with a view of it.
  std::array<std::byte, 4> last_checksum{};
};

/// Walks over the chunks of `file`, which begins with the PNG signature, and checks the header and sizes.
/// `layout` must not move afterwards (`essential` may point into it).
/// Errors: truncated, corrupt, header, limit, unsupported. Checksums are left to libpng, but for skipped
/// chunks, whose checksums nobody needs.
void read_png_layout(ByteView file, const ImageLimits& limits, ImageWarnings* warnings, PngLayout& layout);

}  // namespace sightline
