// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sightline/image/codec.h"

namespace sightline {

/// The 256 colours of an indexed picture, RGBA; at first all opaque black, as Pillow pads a short palette.
class ColorTable {
 public:
  ColorTable();

  void set(std::size_t index, std::uint8_t red, std::uint8_t green, std::uint8_t blue);
  /// Index i is the grey level i.
  void set_grey();
  /// Pixels of this index are clear; rows become RGBA.
  void set_transparent(std::size_t index);

  RowFormat format() const { return transparent_ ? RowFormat::rgba : RowFormat::rgb; }
  /// RGB of the 256 indices, as PictureInfo holds a palette.
  std::vector<std::uint8_t> palette() const;
  /// One row: indices to pixels of `format()`.
  void convert(const std::uint8_t* in, std::uint8_t* out, std::size_t pixels) const;

 private:
  std::array<std::array<std::uint8_t, 4>, 256> entries_;
  bool transparent_ = false;
};

/// Spreads a row of 1-, 2- or 4-bit samples, the first in the highest bits of a byte, one to a byte.
void unpack_bits(const std::uint8_t* in, std::uint8_t* out, std::size_t samples, int bits);

}  // namespace sightline
