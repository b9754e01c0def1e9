// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "sightline/base/bytes.h"

namespace sightline {

/// Decodes the palette indices of one GIF frame sequentially. Accepts and rejects the same data as Pillow's
/// decoder (src/libImaging/GifDecode.c). Uses a fixed amount of memory.
class GifLzw {
 public:
  /// `data`: the file from the first data block on; must outlive this object. `bits`: bits per index, as
  /// stated in the file. Errors: header if there are more than 12.
  GifLzw(ByteView data, int bits);

  /// Fills `out`. Errors: truncated, corrupt.
  void read(std::uint8_t* out, std::size_t count);

 private:
  static constexpr std::size_t kCodes = 4096;

  std::uint8_t next_byte();
  int next_code();
  void start_table();
  /// Expands the next code into `string_`, from `begin_` on. Returns false for a clear code.
  bool expand(int code);
  void add(int code);

  ByteView data_;
  std::size_t at_ = 0;
  std::size_t block_left_ = 0;
  std::uint32_t buffer_ = 0;
  int buffered_ = 0;

  int index_bits_ = 0;
  int clear_ = 0;
  int code_bits_ = 0;
  int next_ = 0;  // the first free code
  int last_code_ = 0;
  std::uint8_t last_index_ = 0;  // the first index of the last string
  bool first_ = true;            // no code has followed the last clear code

  std::array<std::uint16_t, kCodes> link_;  // the string of an entry is that of its link, followed by its
                                            // index
  std::array<std::uint8_t, kCodes> index_;
  std::array<std::uint8_t, kCodes> string_;  // filled from the end
  std::size_t begin_ = kCodes;
};

}  // namespace sightline
