// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "sightline/image/codec.h"
#include "sightline/image/color_table.h"
#include "sightline/image/tiff_directory.h"

namespace sightline {

/// Converts rows of TIFF samples to RGB, RGBA or CMYK of 8 bits, with Pillow 13's interpretation of pixel
/// types (TiffImagePlugin.OPEN_INFO): 16-bit colour samples are reduced to their high byte, grey levels above
/// 255 become white. `layout` must outlive this object.
class TiffPixels {
 public:
  /// `rgb_from_jpeg`: the decoder converts YCbCr to RGB. Errors: unsupported.
  TiffPixels(const TiffLayout& layout, bool rgb_from_jpeg);

  RowFormat format() const;
  bool alpha_channel() const;
  bool bilevel() const { return layout_.bits == 1 && kind_ == Kind::table && !is_palette(); }
  /// RGB values of the 256 indices of a palette image, else empty.
  std::vector<std::uint8_t> palette() const;
  /// Number of samples per pixel that `convert` uses: all of them, or the first ones if they are stored in
  /// planes.
  int samples() const { return samples_; }

  /// Converts one row. `in`: samples in this order, those of more than 8 bits in native byte order, or with
  /// `swapped` in the other; rows padded to whole bytes. `out` in `format()`.
  void convert(const std::uint8_t* in, bool swapped, std::uint8_t* out);

 private:
  enum class Kind { table, table_alpha, grey_12, number, rgb, cmyk, ycbcr };
  enum class AlphaKind { none, plain, premultiplied };

  bool is_palette() const { return layout_.photometric == TiffPhotometric::palette; }
  void choose_grey();
  void choose_colors();
  void fill_table();
  AlphaKind alpha_of_extra() const;
  [[noreturn]] void fail_unsupported() const;
  std::uint8_t level_at(const std::uint8_t* in, bool swapped) const;
  void convert_numbers(const std::uint8_t* in, bool swapped, std::uint8_t* out) const;
  void convert_samples(const std::uint8_t* in, bool swapped, std::uint8_t* out) const;
  void convert_table_alpha(const std::uint8_t* in, std::uint8_t* out) const;

  const TiffLayout& layout_;
  std::vector<std::uint32_t> extra_;  // the samples in use
  int samples_ = 1;
  Kind kind_ = Kind::table;
  AlphaKind alpha_ = AlphaKind::none;
  ColorTable table_;
  std::vector<std::uint8_t> indices_;  // of one row
};

}  // namespace sightline
