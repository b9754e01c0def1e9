// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/image/codec.h"

/// Any bytes for one codec: refused with an Error, or decoded to the size that it promised, twice alike.
inline int fuzz_codec(const sightline::ImageCodec& codec, const std::uint8_t* data, std::size_t size) {
  const sightline::ImageLimits limits = {.max_bytes = 1 << 20,
                                         .max_pixels = 300'000,
                                         .max_jpeg_scans = 100,
                                         .max_scan_pixels = 20'000'000,
                                         .max_decoder_memory = 32 << 20};
  const sightline::ByteView file = std::as_bytes(std::span(data, size));
  const auto decode = [&](int batch) {
    sightline::ImageWarnings warnings;
    const auto reader = codec.open(file, limits, &warnings);
    const sightline::ImageInfo& info = reader->info();
    const auto stride =
        static_cast<std::size_t>(info.width) * static_cast<std::size_t>(sightline::channels_of(info.format));
    if (info.width < 1 || info.height < 1 || std::int64_t{info.width} * info.height > limits.max_pixels ||
        info.orientation < 1 || info.orientation > 8 ||
        (!info.palette.empty() && info.palette.size() != 768)) {
      std::abort();
    }
    std::vector<std::uint8_t> pixels(stride * static_cast<std::size_t>(info.height));
    for (std::int32_t y = 0; y < info.height; y += batch) {
      const std::int32_t left = info.height - y;
      reader->read(pixels.data() + static_cast<std::size_t>(y) * stride, stride, batch < left ? batch : left);
    }
    reader->finish();
    return pixels;
  };
  std::vector<std::uint8_t> pixels;
  try {
    pixels = decode(16);
  } catch (const sightline::Error&) {
    return 0;  // refused: fine
  }
  if (decode(5) != pixels) {
    std::abort();
  }
  return 0;
}
