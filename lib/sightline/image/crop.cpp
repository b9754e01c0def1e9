// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/crop.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "sightline/base/error.h"

namespace sightline {

namespace {

constexpr std::int64_t kMaxSide = 1 << 30;

std::int64_t round_half_to_even(double value) { return static_cast<std::int64_t>(std::nearbyint(value)); }

ImageSize checked(double height, double width, ImageSize from) {
  if (height < 1 || width < 1) {
    fail(ErrorCode::range, "image",
         "is " + std::to_string(from.width) + "x" + std::to_string(from.height) +
             ", too narrow: a side would be 0 pixels after resizing");
  }
  if (height > kMaxSide || width > kMaxSide) {
    fail(ErrorCode::limit, "image",
         "is " + std::to_string(from.width) + "x" + std::to_string(from.height) +
             ", too narrow: a side would exceed " + std::to_string(kMaxSide) + " pixels after resizing");
  }
  return {static_cast<std::int32_t>(height), static_cast<std::int32_t>(width)};
}

ImageSize shortest(ImageSize size, std::int32_t edge) {
  const std::int32_t short_side = std::min(size.height, size.width);
  const std::int32_t long_side = std::max(size.height, size.width);
  const double product = static_cast<double>(std::int64_t{edge} * long_side);
  const double other = std::trunc(product / short_side);
  return size.width <= size.height ? checked(other, edge, size) : checked(edge, other, size);
}

ImageSize longest(ImageSize size, const PixelPipeline& pipeline) {
  const double ratio = std::max(static_cast<double>(size.height) / pipeline.height,
                                static_cast<double>(size.width) / pipeline.width);
  return checked(static_cast<double>(round_half_to_even(size.height / ratio)),
                 static_cast<double>(round_half_to_even(size.width / ratio)), size);
}

/// A side scaled and rounded up to whole patches.
double patched(std::int32_t side, double scale, std::int32_t patch) {
  return std::max<double>(patch, std::ceil(side * scale / patch) * patch);
}

ImageSize patches(ImageSize size, const PixelPipeline& pipeline) {
  constexpr double kPrecision = 1e-5;
  const auto count = [&](double scale) {
    return patched(size.height, scale, pipeline.height) / pipeline.height *
           (patched(size.width, scale, pipeline.width) / pipeline.width);
  };
  double low = kPrecision / 10, high = 100.0;
  while (high - low >= kPrecision) {
    const double scale = (low + high) / 2;
    (count(scale) <= pipeline.max_patches ? low : high) = scale;
  }
  if (count(low) > pipeline.max_patches) {  // the lowest scale is never tried
    fail(ErrorCode::limit, "image",
         "is " + std::to_string(size.width) + "x" + std::to_string(size.height) + ", too large for " +
             std::to_string(pipeline.max_patches) + " patches");
  }
  return checked(patched(size.height, low, pipeline.height), patched(size.width, low, pipeline.width), size);
}

}  // namespace

ImageSize resized_size(ImageSize size, const PixelPipeline& pipeline) {
  switch (pipeline.resize) {
    case ResizeMode::none:
      return size;
    case ResizeMode::shortest:
      return shortest(size, pipeline.height);
    case ResizeMode::longest:
      return longest(size, pipeline);
    case ResizeMode::exact:
      return checked(pipeline.height, pipeline.width, size);
    case ResizeMode::patches:
      return patches(size, pipeline);
  }
  return size;
}

CropSide crop_side(std::int32_t size, std::int32_t crop, PixelRule rule) {
  if (size < crop) {
    const std::int32_t missing = crop - size;
    const std::int32_t target = rule == PixelRule::hf ? (missing + 1) / 2 : missing / 2;
    return {.size = crop, .begin = 0, .length = size, .target = target};
  }
  const std::int32_t over = size - crop;
  const auto rounded = static_cast<std::int32_t>(round_half_to_even(over / 2.0));
  return {.size = crop, .begin = rule == PixelRule::openai ? rounded : over / 2, .length = crop, .target = 0};
}

}  // namespace sightline
