// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "sightline/base/bytes.h"
#include "sightline/image/image.h"
#include "sightline/image/tiff_directory.h"

namespace sightline {

/// Decodes the chunks of the first directory of one compressed TIFF with libtiff, which is loaded when it is
/// first needed. It prints nothing. Not safe to share between threads.
class TiffDecoder {
 public:
  /// `file` must outlive this object. `rgb_from_jpeg`: JPEG's YCbCr is to become RGB. Errors: unsupported
  /// where libtiff cannot be loaded or lacks the compression; corrupt where it does not take the directory or
  /// understands it in another way than `layout` does.
  TiffDecoder(ByteView file, const TiffLayout& layout, const ImageLimits& limits, bool rgb_from_jpeg);
  ~TiffDecoder();

  /// One row of an image in strips, all samples; rows in rising order. Errors: truncated, corrupt.
  void read_row(std::int32_t row, std::uint8_t* out);
  /// One chunk, at most `size` bytes: those of a whole one. Errors: truncated, corrupt.
  void read_chunk(std::uint32_t index, std::uint8_t* out, std::size_t size);
  /// What libtiff complained about though it went on; empty when it did not.
  const std::string& complaint() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// How messages call a compression: "LZW" (tiff.cpp).
std::string tiff_compression_name(std::uint32_t compression);

}  // namespace sightline
