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
  } catch (const sightline::Error&) {
    // Refused: fine.
  }
  return 0;
}
