// SPDX-License-Identifier: Apache-2.0
// Any bytes as an image: refused with an Error, or decoded and resampled to a result of exactly the promised
// size, the same with every instruction set.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "sightline/base/error.h"
#include "sightline/image/pipeline_run.h"

namespace {

/// Another way through the pipeline for each input length.
sightline::PixelPipeline pipeline_for(std::size_t size) {
  sightline::PixelPipeline p;
  p.exif = size % 2 == 0;
  p.rule = static_cast<sightline::PixelRule>(size % 3);
  p.alpha = size % 5 == 0 ? sightline::Alpha::drop : sightline::Alpha::white;
  p.resize = static_cast<sightline::ResizeMode>(size % 4);
  p.resample = static_cast<sightline::Resample>(size % 6);
  p.height = 40;
  p.width = 24;
  p.crop = size % 7 != 0;
  p.crop_height = 32;
  p.crop_width = 48;
  return p;
}

/// An image that can be decoded has a thumbnail of the requested size, whose file is an image, too.
void check_thumbnail(sightline::ByteView file, const sightline::ImageLimits& limits) {
  const sightline::Thumbnail thumbnail = load_thumbnail(file, {24, true}, limits);
  sightline::PixelPipeline as_it_is;
  as_it_is.resize = sightline::ResizeMode::none;
  as_it_is.crop = false;
  const sightline::Image image =
      load_pixels(std::as_bytes(std::span(thumbnail.file)), as_it_is, limits, nullptr);
  if (thumbnail.width > 24 || thumbnail.height > 24 || image.width != thumbnail.width ||
      image.height != thumbnail.height) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const sightline::ImageLimits limits = {.max_bytes = 1 << 20,
                                         .max_pixels = 1'000'000,
                                         .max_jpeg_scans = 100,
                                         .max_scan_pixels = 20'000'000,
                                         .max_decoder_memory = 32 << 20};
  const sightline::PixelPipeline pipeline = pipeline_for(size);
  const sightline::ByteView file = std::as_bytes(std::span(data, size));
  try {
    const sightline::Image image =
        load_pixels(file, pipeline, limits, nullptr, sightline::SimdLevel::portable);
    const bool right_size = image.pixels.size() == static_cast<std::size_t>(image.width) *
                                                       static_cast<std::size_t>(image.height) * 3;
    const bool right_crop = !pipeline.crop || (image.height == 32 && image.width == 48);
    const sightline::Image again = load_pixels(file, pipeline, limits, nullptr);
    if (!right_size || !right_crop || again.pixels != image.pixels) {
      std::abort();
    }
    check_thumbnail(file, limits);
  } catch (const sightline::Error&) {
    // Refused: fine.
  }
  return 0;
}
