// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sightline/image/codec.h"
#include "sightline/image/png_chunks.h"

namespace sightline {

/// Converts rows of PNG samples to RGB or RGBA of 8 bits, with Pillow's interpretation of colour types and
/// transparent colours; 16-bit samples are reduced to their high byte. `layout` must outlive this object.
class PngPixels {
 public:
  /// The RGBA value of each sample of up to 8 bits.
  using Table = std::array<std::array<std::uint8_t, 4>, 256>;

  explicit PngPixels(const PngLayout& layout);

  RowFormat format() const;
  /// RGB values of the 256 indices of a palette image, else empty.
  const std::vector<std::uint8_t>& palette() const { return palette_; }

  /// Converts one row: `in` as stored in the file, but with samples below 8 bits unpacked to bytes; `out` in
  /// `format()`.
  void convert(const std::uint8_t* in, std::uint8_t* out) const;

 private:
  bool is_alpha_stored() const;
  bool as_stored() const;
  void fill_palette_table();
  void fill_grey_table();
  void convert_grey16(const std::uint8_t* in, std::uint8_t* out) const;
  void convert_samples(const std::uint8_t* in, std::uint8_t* out) const;

  const PngLayout& layout_;
  std::vector<std::uint8_t> palette_;
  Table table_{};
};

}  // namespace sightline
