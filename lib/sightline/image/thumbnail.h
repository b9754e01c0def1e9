// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/base/bytes.h"
#include "sightline/image/image.h"

namespace sightline {

/// What is wanted of an image besides its pixels for the model.
struct ThumbnailOptions {
  std::int32_t max_side = 0;  ///< of the longer side in pixels; 0: no thumbnail
  bool encoded = true;        ///< make a file, too

  explicit operator bool() const { return max_side > 0; }
};

/// A small copy of an image for people: upright, with its colours as they are stored, never enlarged. It is
/// empty if the image could not be decoded or no thumbnail was requested.
struct Thumbnail {
  std::int32_t width = 0, height = 0;
  std::int32_t image_width = 0, image_height = 0;  ///< of the upright image itself
  bool transparent = false;          ///< a pixel is not opaque; then there are 4 channels, else 3
  std::vector<std::uint8_t> pixels;  ///< [height, width, channels]; empty if `file` is all that was requested
  std::string file;                  ///< a JPEG file, or a PNG file if `transparent`

  bool empty() const { return width == 0; }
  std::string_view media_type() const { return transparent ? "image/png" : "image/jpeg"; }
};

struct ImageInfo;

/// Makes the thumbnail of one image from the rows that are decoded for another purpose. Not safe to share
/// between threads.
class ThumbnailMaker {
 public:
  ThumbnailMaker(const ImageInfo& info, const ThumbnailOptions& options);
  ~ThumbnailMaker();
  ThumbnailMaker(const ThumbnailMaker&) = delete;
  ThumbnailMaker& operator=(const ThumbnailMaker&) = delete;

  /// Receives decoded rows from top to bottom, in the batches of `Resampler::push`.
  void push(const std::uint8_t* rows, std::size_t stride, int count);
  /// Call it after the last row. Errors: limit if there is no memory for the file.
  Thumbnail finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Decodes an image only for its thumbnail. Errors: those of `load_pixels`.
Thumbnail load_thumbnail(ByteView file, const ThumbnailOptions& options, const ImageLimits& limits);

/// Encodes pixels [height, width, 3] as a baseline JPEG file. Errors: limit, if libjpeg runs out of memory.
std::string encode_jpeg(const std::uint8_t* pixels, std::int32_t width, std::int32_t height);
/// Encodes pixels [height, width, 4] as a PNG file. Errors: limit, as above.
std::string encode_png(const std::uint8_t* pixels, std::int32_t width, std::int32_t height);

/// The file of a thumbnail that has pixels, in the format that `media_type` states.
std::string encode_thumbnail(const Thumbnail& thumbnail);

}  // namespace sightline
