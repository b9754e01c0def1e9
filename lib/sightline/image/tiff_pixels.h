// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "sightline/image/codec.h"
#include "sightline/image/color_table.h"
#include "sightline/image/tiff_directory.h"

namespace sightline {

/// Turns rows of one TIFF's samples into RGB, RGBA or CMYK of 8 bits, as Pillow 13 understands its kinds of
/// pixels (TiffImagePlugin.OPEN_INFO): samples of 16 bits in colours by their high byte, grey levels above
/// 255 as white. `layout` must outlive this object.
class TiffPixels {
 public:
  /// `rgb_from_jpeg`: the decoder turns YCbCr into RGB itself. Errors: unsupported.
  TiffPixels(const TiffLayout& layout, bool rgb_from_jpeg);

  RowFormat format() const;
  bool alpha_channel() const;
  bool bilevel() const { return layout_.bits == 1 && kind_ == Kind::table && !is_palette(); }
  /// RGB of the 256 indices of a palette picture, else empty.
  std::vector<std::uint8_t> palette() const;
  /// How many samples of a pixel `convert` takes: all of them, or the first ones where they lie in planes.
  int samples() const { return samples_; }

  /// One row. `in`: samples in this order, those of more than 8 bits in the order of bytes of this machine or
  /// with `swapped` in the other; rows padded to whole bytes. `out` in `format()`.
  void convert(const std::uint8_t* in, bool swapped, std::uint8_t* out);

 private:
  enum class Kind { table, table_alpha, grey_12, number, rgb, cmyk, ycbcr };
  enum class AlphaKind { none, plain, premultiplied };

  bool is_palette() const { return layout_.photometric == TiffPhotometric::palette; }
  void choose_grey();
  void choose_colors();
  void fill_table();
  AlphaKind alpha_of_extra() const;
  [[noreturn]] void refuse() const;
  std::uint8_t level_at(const std::uint8_t* in, bool swapped) const;
  void convert_numbers(const std::uint8_t* in, bool swapped, std::uint8_t* out) const;
  void convert_samples(const std::uint8_t* in, bool swapped, std::uint8_t* out) const;
  void convert_table_alpha(const std::uint8_t* in, std::uint8_t* out) const;

  const TiffLayout& layout_;
  std::vector<std::uint32_t> extra_;  // those that count
  int samples_ = 1;
  Kind kind_ = Kind::table;
  AlphaKind alpha_ = AlphaKind::none;
  ColorTable table_;
  std::vector<std::uint8_t> indices_;  // of one row
};

}  // namespace sightline
