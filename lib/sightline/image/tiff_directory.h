// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "sightline/base/bytes.h"
#include "sightline/image/codec.h"

namespace sightline {

enum class TiffPhotometric { inverted = 0, grey = 1, rgb = 2, palette = 3, cmyk = 5, ycbcr = 6, lab = 8 };

/// The contents of the first directory of a TIFF. A chunk is a strip or a tile.
struct TiffLayout {
  bool big_endian = false;
  std::int32_t width = 0;
  std::int32_t height = 0;
  std::uint32_t compression = 1;
  TiffPhotometric photometric = TiffPhotometric::inverted;
  bool planes = false;               ///< each sample has separate chunks
  bool reversed_bits = false;        ///< the first pixel of a byte is in its lowest bits
  int bits = 1;                      ///< bits of every sample
  int samples = 1;                   ///< samples per pixel, as stored
  int sample_format = 1;             ///< 1: unsigned, 2: signed, 3: floating point
  std::vector<std::uint32_t> extra;  ///< meaning of the extra samples: 1: premultiplied alpha, 2: alpha
  bool tiled = false;
  std::int32_t chunk_width = 0;
  std::int32_t chunk_height = 0;       ///< for a strip, at most the height of the image
  std::vector<std::uint64_t> offsets;  ///< of the chunks: row by row, plane by plane
  bool is_truncated = false;           ///< a chunk extends beyond the end of the file, if sizes are stated
  std::vector<std::uint8_t> palette;   ///< all reds, then all greens, then all blues
  int orientation = 1;
  bool subsampled = false;  ///< YCbCr with subsampled colour

  std::int64_t chunks_across() const;
  std::int64_t chunks_down() const;
  /// Bytes of a row of `pixels` pixels with `samples` samples.
  std::size_t row_bytes(std::int64_t pixels, int samples) const;
};

inline constexpr std::size_t kMaxTiffChunks = 100'000;

/// Reads the first directory of a TIFF or BigTIFF as Pillow 13's TiffImagePlugin does: the first entry that
/// has a value counts, and entries after a truncated value are ignored. Other directories are not read.
/// Errors: truncated, header, limit (size, chunks), unsupported.
TiffLayout read_tiff_layout(ByteView file, const ImageLimits& limits, ImageWarnings* warnings);

}  // namespace sightline
