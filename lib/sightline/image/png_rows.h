// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sightline/image/inflater.h"
#include "sightline/image/png_chunks.h"

namespace sightline {

/// Decodes the rows of a PNG without libpng, in about half of its time. It reads only files in which all is
/// in order, and says so as soon as something is not; libpng then decides whether it is an error.
class PngRows {
 public:
  /// Whether this class can decode such a file: not interlaced, no row above 4 MiB, right checksums of all
  /// chunks.
  static bool can_read(const PngLayout& layout);

  /// `layout` must outlive this object.
  explicit PngRows(const PngLayout& layout);

  /// The samples of the next row, valid until the next call; samples below 8 bits have a byte each. Null if
  /// the data is damaged or unusual.
  const std::uint8_t* next();
  /// Whether the data ends after the last row.
  bool end() { return inflater_.ends_here(); }

 private:
  std::size_t pixel_bytes_;
  std::size_t row_bytes_;
  std::vector<std::uint8_t> unpacked_;  // samples below 8 bits
  int depth_;
  std::vector<std::uint8_t> rows_[2];  // the present row and the one above it, with margins
  int present_ = 0;
  std::vector<ByteView> data_;
  Inflater inflater_;
};

}  // namespace sightline
