// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/formats.h"

#include <array>
#include <vector>

#include "sightline/image/signatures.h"

namespace sightline {

namespace {

constexpr std::array<std::string_view, 4> kJpegExtensions = {".jpg", ".jpeg", ".jpe", ".jfif"};
constexpr std::array<std::string_view, 2> kPngExtensions = {".png", ".apng"};
constexpr std::array<std::string_view, 1> kWebpExtensions = {".webp"};
constexpr std::array<std::string_view, 1> kAvifExtensions = {".avif"};
constexpr std::array<std::string_view, 2> kHeifExtensions = {".heic", ".heif"};
constexpr std::array<std::string_view, 1> kGifExtensions = {".gif"};
constexpr std::array<std::string_view, 1> kBmpExtensions = {".bmp"};
constexpr std::array<std::string_view, 2> kTiffExtensions = {".tif", ".tiff"};

}  // namespace

std::span<const ImageFormat> image_formats() {
  static const std::array formats = {
      ImageFormat{"JPEG", kJpegExtensions, is_jpeg, &jpeg_codec(), "libjpeg-turbo", libjpeg_version},
      ImageFormat{"PNG", kPngExtensions, is_png, &png_codec(), "libpng", libpng_version},
      ImageFormat{"WebP", kWebpExtensions, is_webp, &webp_codec(), "libwebp", libwebp_version},
      ImageFormat{"GIF", kGifExtensions, is_gif, &gif_codec(), "", nullptr},
      ImageFormat{"BMP", kBmpExtensions, is_bmp, &bmp_codec(), "", nullptr},
// If a library was not available at build time, its format remains in the table without a codec.
#ifdef SIGHTLINE_LIBAVIF
      ImageFormat{"AVIF", kAvifExtensions, is_avif, &avif_codec(), "libavif", libavif_version},
#else
      ImageFormat{"AVIF", kAvifExtensions, is_avif, nullptr, "libavif", nullptr},
#endif
#ifdef SIGHTLINE_LIBHEIF
      ImageFormat{"HEIC", kHeifExtensions, is_heif, &heif_codec(), "libheif", libheif_version},
#else
      ImageFormat{"HEIC", kHeifExtensions, is_heif, nullptr, "libheif", nullptr},
#endif
#ifdef SIGHTLINE_LIBTIFF
      ImageFormat{"TIFF", kTiffExtensions, is_tiff, &tiff_codec(), "libtiff", libtiff_version},
#else
      ImageFormat{"TIFF", kTiffExtensions, is_tiff, nullptr, "libtiff", nullptr},
#endif
  };
  return formats;
}

std::string readable_formats() {
  std::vector<std::string_view> names;
  for (const ImageFormat& format : image_formats()) {
    if (format.codec != nullptr) {
      names.push_back(format.name);
    }
  }
  std::string list;
  for (std::size_t i = 0; i < names.size(); ++i) {
    list.append(i == 0 ? "" : i + 1 == names.size() ? " and " : ", ").append(names[i]);
  }
  return list;
}

}  // namespace sightline
