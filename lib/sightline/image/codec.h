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

/// One line per oddity that was accepted; a null pointer means that nobody asks.
using ImageWarnings = std::vector<std::string>;

/// Adds `line` when somebody asks for warnings.
void warn(ImageWarnings* warnings, std::string line);

/// What the decoded rows hold, 8 bits a sample, interleaved.
enum class RowFormat {
  rgb,
  rgba,  ///< alpha not premultiplied
  cmyk,  ///< Pillow's sense: 0 is no ink
};

/// Samples per pixel of a row: 3 or 4.
int channels_of(RowFormat format);

/// What a decoder knows before the first row.
struct PictureInfo {
  std::int32_t width = 0;
  std::int32_t height = 0;
  RowFormat format = RowFormat::rgb;
  int orientation = 1;         ///< EXIF's, 1 to 8
  bool always_turned = false;  ///< the orientation is part of the format, not EXIF data that can be ignored
  bool alpha_channel = false;  ///< real alpha samples, not a transparent colour: Pillow's modes LA and RGBA
  bool bilevel = false;        ///< Pillow's mode 1
  /// RGB of the 256 indices of a palette picture (Pillow's mode P), else empty.
  std::vector<std::uint8_t> palette;
};

/// Hands out the rows of one picture from top to bottom. Not safe to share between threads.
class RowReader {
 public:
  virtual ~RowReader() = default;
  const PictureInfo& info() const { return info_; }

  /// Decodes the next `count` rows, row i to `rows + i * stride`. Errors: truncated, corrupt, limit.
  virtual void read(std::uint8_t* rows, std::size_t stride, int count) = 0;
  /// After the last row: checks what follows it. Errors: truncated, corrupt.
  virtual void finish() = 0;

 protected:
  PictureInfo info_;
};

/// One image format. Thread-safety: const, safe to share.
class ImageCodec {
 public:
  virtual ~ImageCodec() = default;
  virtual std::string_view name() const = 0;
  /// Reads the header and checks it against `limits` before anything is allocated for pixels. `file` and
  /// `warnings` must outlive the reader. Errors: truncated, corrupt, header, limit, unsupported.
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
std::string libjpeg_version();  ///< of the headers: the library does not tell its own
std::string libwebp_version();
std::string libavif_version();  ///< empty when it cannot be loaded, as of libheif
std::string libheif_version();
std::string libtiff_version();

/// The codec whose format the bytes are. Errors: magic, saying what the bytes look like instead; unsupported
/// when the library that reads this format was missing from the build, and for a tar archive.
const ImageCodec& codec_of(ByteView file);

/// Errors: limit when a picture of this size is more than `limits` allow.
void check_picture_size(std::int64_t width, std::int64_t height, const ImageLimits& limits,
                        std::string_view subject);

/// Errors: limit when a decoder has to hold more bytes than `limits` allow: "`why`needs 5 bytes`purpose`,
/// expected ...", such as "is interlaced and " and " to be decoded".
void check_decoder_memory(std::int64_t bytes, const ImageLimits& limits, std::string_view subject,
                          std::string_view why, std::string_view purpose);

}  // namespace sightline
