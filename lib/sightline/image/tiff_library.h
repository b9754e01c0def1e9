// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "sightline/base/bytes.h"
#include "sightline/image/image.h"
#include "sightline/image/tiff_directory.h"

namespace sightline {

/// Decodes the chunks of the first directory of a compressed TIFF with libtiff, which is loaded on first use.
/// libtiff's own messages are not printed. Not safe to share between threads.
class TiffDecoder {
 public:
  /// `file` must outlive this object. `rgb_from_jpeg`: convert JPEG's YCbCr to RGB. Errors: unsupported if
  /// libtiff cannot be loaded or lacks the compression; corrupt if libtiff rejects the directory or
  /// interprets it differently from `layout`.
  TiffDecoder(ByteView file, const TiffLayout& layout, const ImageLimits& limits, bool rgb_from_jpeg);
  ~TiffDecoder();

  /// Decodes one row of an image in strips, all samples; rows in increasing order. Errors: truncated,
  /// corrupt.
  void read_row(std::int32_t row, std::uint8_t* out);
  /// Decodes one chunk, at most `size` bytes: those of a full chunk. Errors: truncated, corrupt.
  void read_chunk(std::uint32_t index, std::uint8_t* out, std::size_t size);
  /// The first problem that libtiff reported without failing; empty if there is none.
  const std::string& first_problem() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The display name of a compression: "LZW" (tiff.cpp).
std::string tiff_compression_name(std::uint32_t compression);

}  // namespace sightline
