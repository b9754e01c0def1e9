// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "sightline/base/bytes.h"
#include "sightline/image/codec.h"

namespace sightline {

enum class TiffPhotometric { inverted = 0, grey = 1, rgb = 2, palette = 3, cmyk = 5, ycbcr = 6, lab = 8 };

/// What the first directory of a TIFF says. A chunk is a strip or a tile.
struct TiffLayout {
  bool big_endian = false;
  std::int32_t width = 0;
  std::int32_t height = 0;
  std::uint32_t compression = 1;
  TiffPhotometric photometric = TiffPhotometric::inverted;
  bool planes = false;         ///< each sample has chunks of its own
  bool reversed_bits = false;  ///< the first pixel of a byte is in its lowest bits
  int bits = 1;                ///< of every sample
  int samples = 1;             ///< of a pixel, as they are stored
  int sample_format = 1;       ///< 1: unsigned, 2: signed, 3: floating point
  std::vector<std::uint32_t>
      extra;  ///< what samples beyond the colours mean: 1: premultiplied alpha, 2: alpha
  bool tiled = false;
  std::int32_t chunk_width = 0;
  std::int32_t chunk_height = 0;       ///< of a strip no more than the height of the image
  std::vector<std::uint64_t> offsets;  ///< of the chunks: row by row, plane by plane
  bool cut = false;                    ///< a chunk ends beyond the end of the file, as far as sizes are said
  std::vector<std::uint8_t> palette;   ///< all reds, all greens, all blues
  int orientation = 1;
  bool subsampled = false;  ///< YCbCr with fewer colour samples than pixels

  std::int64_t chunks_across() const;
  std::int64_t chunks_down() const;
  /// Bytes of a row of `pixels` pixels of `samples` samples.
  std::size_t row_bytes(std::int64_t pixels, int samples) const;
};

inline constexpr std::size_t kMaxTiffChunks = 100'000;

/// Reads the first directory of a TIFF or BigTIFF as Pillow 13's TiffImagePlugin does: of several entries the
/// first that has a value counts, what lies behind a value that is cut is not read. No other directory is
/// looked at. Errors: truncated, header, limit (size, chunks), unsupported.
TiffLayout read_tiff_layout(ByteView file, const ImageLimits& limits, ImageWarnings* warnings);

}  // namespace sightline
