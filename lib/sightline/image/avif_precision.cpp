// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/avif_precision.h"

#include <avif/avif.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace sightline {

namespace {

/// Whether libyuv supports the colour matrix of the image; otherwise libavif uses its own conversion.
bool has_libyuv_matrix(const avifImage& image) {
  constexpr std::array<int, 5> kMatrices = {1, 2, 5, 6, 9};  // BT.709, unspecified, BT.601 twice, BT.2020
  const int matrix = image.matrixCoefficients == AVIF_MATRIX_COEFFICIENTS_CHROMA_DERIVED_NCL
                         ? image.colorPrimaries
                         : image.matrixCoefficients;
  return std::find(kMatrices.begin(), kMatrices.end(), matrix) != kMatrices.end();
}

/// Maps the samples of a plane, stored as 16 bits, in place. `Stored` is the type of the result: 8 or 16
/// bits.
template <class Stored, class Function>
void change_samples(std::uint8_t* plane, std::uint32_t row_bytes, std::uint32_t width, std::uint32_t height,
                    Function change) {
  for (std::uint32_t y = 0; plane != nullptr && y < height; ++y) {
    std::uint8_t* row = plane + std::size_t{y} * row_bytes;
    for (std::uint32_t x = 0; x < width; ++x) {
      std::uint16_t sample = 0;
      std::memcpy(&sample, row + 2 * std::size_t{x}, sizeof(sample));
      const auto changed = static_cast<Stored>(change(std::uint32_t{sample}));
      std::memcpy(row + sizeof(Stored) * x, &changed, sizeof(Stored));
    }
  }
}

/// Drops the low bits of colour planes of more than 8 bits.
void drop_lower_bits(const avifImage& image) {
  const bool narrow =
      image.yuvFormat == AVIF_PIXEL_FORMAT_YUV420 || image.yuvFormat == AVIF_PIXEL_FORMAT_YUV422;
  const std::uint32_t across = narrow ? 1 : 0, down = image.yuvFormat == AVIF_PIXEL_FORMAT_YUV420 ? 1 : 0;
  for (int channel = 0; channel < 3; ++channel) {
    const std::uint32_t x = channel == AVIF_CHAN_Y ? 0 : across, y = channel == AVIF_CHAN_Y ? 0 : down;
    change_samples<std::uint8_t>(image.yuvPlanes[channel], image.yuvRowBytes[channel], (image.width + x) >> x,
                                 (image.height + y) >> y,
                                 [&](std::uint32_t v) { return std::min(v >> (image.depth - 8), 255U); });
  }
}

}  // namespace

void match_precision_of_pillow(avifImage& image, bool alpha) {
  if (image.depth <= 8 || !has_libyuv_matrix(image)) {
    return;
  }
  const std::uint32_t drop = image.depth - 8, max = (1U << image.depth) - 1;
  const bool grey = image.yuvFormat == AVIF_PIXEL_FORMAT_YUV400;
  const bool wide_path = image.depth == 10 || image.yuvFormat == AVIF_PIXEL_FORMAT_YUV420;  // with alpha
  if (alpha ? grey || !wide_path : !grey) {
    drop_lower_bits(image);
    change_samples<std::uint8_t>(image.alphaPlane, image.alphaRowBytes, image.width, image.height,
                                 [&](std::uint32_t v) {
                                   v = std::min(v, max);
                                   return grey ? (v * 510 + max) / (2 * max) : v >> drop;
                                 });
    image.depth = 8;
  } else if (alpha && image.depth == 10) {
    // libavif 0.11 rounds, so choose a value that rounds to the truncated one.
    change_samples<std::uint16_t>(
        image.alphaPlane, image.alphaRowBytes, image.width, image.height,
        [&](std::uint32_t v) { return ((std::min(v, max) >> drop) * max + 127) / 255; });
  }
}

}  // namespace sightline
