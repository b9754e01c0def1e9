// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "sightline/base/error.h"
#include "sightline/image/pixel_pipeline.h"
#include "sightline/image/thumbnail.h"

/// Any bytes that begin like an image of one format: refused with an Error, or decoded to an image of the
/// promised size, twice the same. Time and memory are bounded by the limits.
inline int fuzz_coded_image(const std::uint8_t* data, std::size_t size,
                            bool (*recognizes)(sightline::ByteView)) {
  const sightline::ByteView file = std::as_bytes(std::span(data, size));
  if (!recognizes(file)) {
    return 0;
  }
  const sightline::ImageLimits limits = {
      .max_bytes = 1 << 20, .max_pixels = 250'000, .max_side = 4'000, .max_decoder_memory = 16 << 20};
  sightline::PixelPipeline pipeline;
  pipeline.exif = size % 2 == 0;
  pipeline.rule = static_cast<sightline::PixelRule>(size % 3);
  pipeline.height = 40;
  pipeline.crop_height = 32;
  pipeline.crop_width = 48;
  try {
    const sightline::Image image = load_pixels(file, pipeline, limits, nullptr);
    const sightline::Image again = load_pixels(file, pipeline, limits, nullptr);
    if (image.height != 32 || image.width != 48 || image.pixels.size() != 32 * 48 * 3 ||
        again.pixels != image.pixels) {
      std::abort();
    }
    const sightline::Thumbnail thumbnail = load_thumbnail(file, {24, true}, limits);
    if (thumbnail.width > 24 || thumbnail.height > 24 || thumbnail.file.empty()) {
      std::abort();
    }
  } catch (const sightline::Error&) {
    // Refused: fine.
  }
  return 0;
}
