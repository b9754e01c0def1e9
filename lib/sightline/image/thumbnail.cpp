// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/thumbnail.h"

#include <algorithm>
#include <cstring>

#include "sightline/base/error.h"
#include "sightline/image/codec.h"
#include "sightline/image/color.h"
#include "sightline/image/pixel_geometry.h"
#include "sightline/image/resampler.h"
#include "sightline/image/row_stream.h"

namespace sightline {
namespace {

/// The pipeline that fits an image of this upright size into a square of `max_side`.
PixelPipeline fitting(ImageSize size, std::int32_t max_side) {
  const std::int32_t longer = std::max(size.height, size.width);
  const auto fit = [&](std::int32_t side) {
    if (longer <= max_side) return side;
    const std::int64_t scaled = (std::int64_t{side} * max_side + longer / 2) / longer;
    return static_cast<std::int32_t>(std::max<std::int64_t>(scaled, 1));
  };
  PixelPipeline pipeline;
  pipeline.resize = ResizeMode::exact;
  pipeline.height = fit(size.height);
  pipeline.width = fit(size.width);
  pipeline.crop = false;
  // Almost as fast as a box, which looks jagged for small factors, and as good as Lanczos for large ones.
  pipeline.resample = Resample::hamming;
  return pipeline;
}

Geometry geometry_of(const ImageInfo& info, std::int32_t max_side) {
  const bool transpose = orientation_steps(info.orientation).transpose;
  const ImageSize upright =
      transpose ? ImageSize{info.width, info.height} : ImageSize{info.height, info.width};
  return plan_geometry(info, fitting(upright, max_side), ImageLimits{});
}

int thumbnail_channels(RowFormat format) { return format == RowFormat::rgba ? 4 : 3; }

/// RGBa -> RGBA, in place.
void unpremultiply_rgba(std::uint8_t* pixel) {
  const unsigned alpha = pixel[3];
  if (alpha == 0 || alpha == 255) return;
  for (int c = 0; c < 3; ++c) {
    pixel[c] = static_cast<std::uint8_t>(std::min(255U, (pixel[c] * 255U + alpha / 2) / alpha));
  }
}

/// Removes the alpha channel, in place.
void make_opaque(std::vector<std::uint8_t>& pixels) {
  std::size_t to = 0;
  for (std::size_t from = 0; from < pixels.size(); from += 4, to += 3) {
    std::memmove(pixels.data() + to, pixels.data() + from, 3);
  }
  pixels.resize(to);
}

}  // namespace

struct ThumbnailMaker::State {
  State(const ImageInfo& info, const ThumbnailOptions& wanted)
      : options(wanted),
        geometry(geometry_of(info, wanted.max_side)),
        format(info.format),
        channels(thumbnail_channels(info.format)),
        width(static_cast<std::size_t>(info.width)),
        stride(width * static_cast<std::size_t>(channels) + kRowPadding),
        converted(format == RowFormat::rgb ? 0 : stride * Resampler::kBatch),
        resampler(plan_resampling(geometry, Resample::hamming, PixelRule::hf, channels)) {}

  ThumbnailOptions options;
  Geometry geometry;
  RowFormat format;
  int channels;
  std::size_t width, stride;
  std::vector<std::uint8_t> converted;
  Resampler resampler;

  /// The resampled pixels, upright.
  std::vector<std::uint8_t> place() const {
    const auto n = static_cast<std::size_t>(channels);
    const auto rows = static_cast<std::size_t>(geometry.resized.height);
    const auto columns = static_cast<std::size_t>(geometry.resized.width);
    std::vector<std::uint8_t> pixels(rows * columns * n);
    if (!geometry.turn.transpose) {
      for (std::size_t y = 0; y < rows; ++y) {
        std::memcpy(pixels.data() + y * columns * n, resampler.output(static_cast<std::int32_t>(y)),
                    columns * n);
      }
      return pixels;
    }
    for (std::size_t x = 0; x < columns; ++x) {
      const std::uint8_t* stored = resampler.output(static_cast<std::int32_t>(x));
      for (std::size_t y = 0; y < rows; ++y) {
        std::memcpy(pixels.data() + (y * columns + x) * n, stored + y * n, n);
      }
    }
    return pixels;
  }
};

ThumbnailMaker::ThumbnailMaker(const ImageInfo& info, const ThumbnailOptions& options)
    : state_(std::make_unique<State>(info, options)) {}

ThumbnailMaker::~ThumbnailMaker() = default;

void ThumbnailMaker::push(const std::uint8_t* rows, std::size_t stride, int count) {
  State& s = *state_;
  if (s.format == RowFormat::rgb) return s.resampler.push(rows, stride, count);
  // Colours of transparent pixels must not bleed into their neighbours.
  const auto convert = s.format == RowFormat::rgba ? premultiply : cmyk_to_rgb;
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    convert(rows + i * stride, s.converted.data() + i * s.stride, s.width);
  }
  s.resampler.push(s.converted.data(), s.stride, count);
}

Thumbnail ThumbnailMaker::finish() {
  const State& s = *state_;
  Thumbnail result;
  result.width = s.geometry.resized.width;
  result.height = s.geometry.resized.height;
  result.image_width = s.geometry.upright.width;
  result.image_height = s.geometry.upright.height;
  result.pixels = s.place();
  if (s.channels == 4) {
    for (std::size_t i = 0; i < result.pixels.size(); i += 4) {
      result.transparent = result.transparent || result.pixels[i + 3] != 255;
      unpremultiply_rgba(result.pixels.data() + i);
    }
    if (!result.transparent) make_opaque(result.pixels);
  }
  if (s.options.encoded) {
    result.file = encode_thumbnail(result);
    result.pixels = {};
  }
  return result;
}

Thumbnail load_thumbnail(ByteView file, const ThumbnailOptions& options, const ImageLimits& limits) {
  check_file_size(file, limits);
  const std::unique_ptr<RowReader> reader = codec_of(file).open(file, limits, nullptr);
  ThumbnailMaker maker(reader->info(), options);
  stream_rows(*reader, [&](const std::uint8_t* rows, std::size_t stride, int count) {
    maker.push(rows, stride, count);
  });
  return maker.finish();
}

std::string encode_thumbnail(const Thumbnail& t) {
  return t.transparent ? encode_png(t.pixels.data(), t.width, t.height)
                       : encode_jpeg(t.pixels.data(), t.width, t.height);
}

}  // namespace sightline
