// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sightline/image/codec.h"

namespace sightline {

/// The 256 colours of an indexed image as RGBA. Initially opaque black, which is how Pillow pads a short
/// palette.
class ColorTable {
 public:
  ColorTable();

  void set(std::size_t index, std::uint8_t red, std::uint8_t green, std::uint8_t blue);
  /// Sets index i to grey level i.
  void set_grey();
  /// Makes pixels of this index transparent; rows become RGBA.
  void set_transparent(std::size_t index);

  RowFormat format() const { return transparent_ ? RowFormat::rgba : RowFormat::rgb; }
  /// RGB values of the 256 indices, in the layout of ImageInfo.
  std::vector<std::uint8_t> palette() const;
  /// Converts one row of indices to pixels of `format()`.
  void convert(const std::uint8_t* in, std::uint8_t* out, std::size_t pixels) const;

 private:
  std::array<std::array<std::uint8_t, 4>, 256> entries_;
  bool transparent_ = false;
};

/// Unpacks a row of 1-, 2- or 4-bit samples, most significant bits first, to one sample per byte.
void unpack_bits(const std::uint8_t* in, std::uint8_t* out, std::size_t samples, int bits);

}  // namespace sightline
