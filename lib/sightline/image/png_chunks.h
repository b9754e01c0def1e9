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

/// The result of scanning the chunks of a PNG before any decoding. Views point into the file.
struct PngLayout {
  std::int32_t width = 0;
  std::int32_t height = 0;
  int depth = 0;
  PngColor color = PngColor::grey;
  bool interlaced = false;
  ByteView palette;       ///< PLTE: 1 to 256 triples if color is palette
  ByteView transparency;  ///< tRNS, long enough for its colour type; empty if absent
  int orientation = 1;    ///< see PngOrientation
  /// The bytes passed to libpng: signature, IHDR, PLTE of a palette image and the first run of IDAT chunks,
  /// each unchanged. All other chunks are skipped: no text is inflated and no profile parsed, however many
  /// there are.
  std::vector<ByteView> essential;
  /// The checksum of the last IDAT if the file ends inside it; the last view of `essential` then refers to
  /// it.
  std::array<std::byte, 4> last_checksum{};
};

/// Scans the chunks of `file`, which starts with the PNG signature, and checks the header and sizes. `layout`
/// must not be moved afterwards (`essential` may point into it).
/// Errors: truncated, corrupt, header, limit, unsupported. libpng verifies the checksums, except those of
/// skipped chunks.
void read_png_layout(ByteView file, const ImageLimits& limits, ImageWarnings* warnings, PngLayout& layout);

}  // namespace sightline
