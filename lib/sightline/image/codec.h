// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/base/bytes.h"
#include "sightline/image/image.h"

namespace sightline {

/// One line per warning; a null pointer disables warnings.
using ImageWarnings = std::vector<std::string>;

/// Adds `line` if warnings are enabled.
void warn(ImageWarnings* warnings, std::string line);

/// The pixel format of decoded rows, 8 bits per sample, interleaved.
enum class RowFormat {
  rgb,
  rgba,  ///< alpha not premultiplied
  cmyk,  ///< as in Pillow, 0 means no ink
};

/// Samples per pixel of a row: 3 or 4.
int channels_of(RowFormat format);

/// What a decoder knows before it decodes the first row.
struct ImageInfo {
  std::int32_t width = 0;
  std::int32_t height = 0;
  RowFormat format = RowFormat::rgb;
  int orientation = 1;                   ///< EXIF orientation, 1 to 8
  bool orientation_is_required = false;  ///< the orientation is part of the format, not optional EXIF data
  bool alpha_channel = false;  ///< has alpha samples rather than a transparent colour: Pillow's modes LA and
                               ///< RGBA
  bool bilevel = false;        ///< Pillow's mode 1
  /// RGB values of the 256 indices of a palette image (Pillow's mode P), else empty.
  std::vector<std::uint8_t> palette;
};

/// Returns the rows of one image from top to bottom. Not safe to share between threads.
class RowReader {
 public:
  virtual ~RowReader() = default;
  const ImageInfo& info() const { return info_; }

  /// Decodes the next `count` rows, row i to `rows + i * stride`. Errors: truncated, corrupt, limit.
  virtual void read(std::uint8_t* rows, std::size_t stride, int count) = 0;
  /// Call after the last row: checks the data that follows it. Errors: truncated, corrupt.
  virtual void finish() = 0;

 protected:
  ImageInfo info_;
};

/// One image format. Thread-safety: const, safe to share.
class ImageCodec {
 public:
  virtual ~ImageCodec() = default;
  virtual std::string_view name() const = 0;
  /// Reads the header and checks it against `limits` before any pixels are allocated. `file` and `warnings`
  /// must outlive the reader. Errors: truncated, corrupt, header, limit, unsupported.
  virtual std::unique_ptr<RowReader> open(ByteView file, const ImageLimits& limits,
                                          ImageWarnings* warnings) const = 0;
};

const ImageCodec& png_codec();
const ImageCodec& jpeg_codec();
const ImageCodec& webp_codec();
const ImageCodec& avif_codec();  ///< only in builds with libavif
const ImageCodec& heif_codec();  ///< only in builds with libheif
const ImageCodec& gif_codec();
const ImageCodec& bmp_codec();
const ImageCodec& tiff_codec();  ///< only in builds with libtiff
std::string libpng_version();
std::string libjpeg_version();  ///< of the headers, because the library does not report its own
std::string libwebp_version();
std::string libavif_version();  ///< empty if the library cannot be loaded, as for libheif
std::string libheif_version();
std::string libtiff_version();

/// The codec for the format of the bytes. Errors: magic, with a description of the bytes; unsupported if this
/// build lacks the library for the format.
const ImageCodec& codec_of(ByteView file);

/// Errors: limit if an image of this size exceeds `limits`.
void check_image_size(std::int64_t width, std::int64_t height, const ImageLimits& limits,
                      std::string_view subject);

/// Errors: limit if a decoder needs more memory than `limits` allow: "`why`needs 5 bytes`purpose`, expected
/// ...", with texts like "is interlaced and " and " to be decoded".
void check_decoder_memory(std::int64_t bytes, const ImageLimits& limits, std::string_view subject,
                          std::string_view why, std::string_view purpose);

}  // namespace sightline
