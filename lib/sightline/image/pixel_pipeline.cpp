// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/pixel_pipeline.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "sightline/image/codec.h"
#include "sightline/image/color.h"
#include "sightline/image/pipeline_run.h"
#include "sightline/image/pixel_geometry.h"
#include "sightline/image/resampler.h"
#include "sightline/image/row_stream.h"

namespace sightline {

namespace {

using ConvertRow = void (*)(const std::uint8_t* in, std::uint8_t* out, std::size_t pixels);

/// The conversions of the decoded samples before (`before`, null: none) and after (`after`) the resize.
struct ColorPlan {
  int channels = 3;  ///< samples per pixel while resizing
  ConvertRow before = nullptr;
  ConvertRow after = nullptr;
};

ColorPlan plan_color(const ImageInfo& info, const PixelPipeline& pipeline, bool filtered) {
  // OpenAI converts to RGB after resizing, so that filters work on the original samples; without filtering
  // the order makes no difference.
  const bool openai = pipeline.rule == PixelRule::openai;
  const bool convert_after = openai && filtered;
  switch (info.format) {
    case RowFormat::rgb:
      return {};
    case RowFormat::cmyk:
      return convert_after ? ColorPlan{4, nullptr, cmyk_to_rgb} : ColorPlan{3, cmyk_to_rgb, nullptr};
    case RowFormat::rgba:
      break;
  }
  if (convert_after && info.alpha_channel) {
    return {4, premultiply, unpremultiply};
  }
  const bool drop = openai || pipeline.alpha == Alpha::drop;
  return {3, drop ? drop_alpha : composite_onto_white, nullptr};
}

/// Passes rows on to the resampler, in its colours.
class ColorStep {
 public:
  ColorStep(const ImageInfo& info, const ColorPlan& color, Resampler& resampler)
      : convert_(color.before),
        resampler_(resampler),
        width_(static_cast<std::size_t>(info.width)),
        stride_(width_ * static_cast<std::size_t>(color.channels) + kRowPadding),
        converted_(convert_ != nullptr ? stride_ * Resampler::kBatch : 0) {}

  void push(const std::uint8_t* rows, std::size_t stride, int count) {
    if (convert_ == nullptr) return resampler_.push(rows, stride, count);
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
      convert_(rows + i * stride, converted_.data() + i * stride_, width_);
    }
    resampler_.push(converted_.data(), stride_, count);
  }

 private:
  ConvertRow convert_;
  Resampler& resampler_;
  std::size_t width_, stride_;
  std::vector<std::uint8_t> converted_;
};

/// The colour around an image that is smaller than its crop. OpenAI and OpenCLIP fill before they convert to
/// RGB, so for them the level is a palette index, or ink.
std::array<std::uint8_t, 3> fill_color(const ImageInfo& info, const PixelPipeline& pipeline) {
  const auto level = static_cast<std::uint8_t>(
      pipeline.resize == ResizeMode::longest ? std::clamp(pipeline.fill, 0, 255) : 0);
  std::array<std::uint8_t, 3> color = {level, level, level};
  if (pipeline.rule != PixelRule::openai) {
    return color;
  }
  if (!info.palette.empty()) {
    std::copy_n(info.palette.begin() + 3 * level, 3, color.begin());
  } else if (info.bilevel) {
    color.fill(level != 0 ? 255 : 0);
  } else if (info.format == RowFormat::cmyk) {
    const std::array<std::uint8_t, 4> ink = {level, level, level, level};
    cmyk_to_rgb(ink.data(), color.data(), 1);
  }
  return color;
}

void fill_image(Image& image, std::array<std::uint8_t, 3> color) {
  for (std::size_t i = 0; i < image.pixels.size(); i += 3) {
    std::copy(color.begin(), color.end(), image.pixels.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

/// Copies the resampled window, upright and in RGB, to its place in the result.
Image place(const Resampler& resampler, const Geometry& g, const ColorPlan& color,
            std::array<std::uint8_t, 3> fill) {
  Image image;
  image.height = g.down.size;
  image.width = g.across.size;
  image.pixels.resize(static_cast<std::size_t>(image.height) * static_cast<std::size_t>(image.width) * 3);
  if (g.down.length < g.down.size || g.across.length < g.across.size) {
    fill_image(image, fill);
  }
  const bool t = g.turn.transpose;
  const std::int32_t rows = t ? g.across.length : g.down.length;
  const auto columns = static_cast<std::size_t>(t ? g.down.length : g.across.length);
  const auto pixel = [&](std::size_t y, std::size_t x) {
    return image.pixels.data() +
           3 * ((y + static_cast<std::size_t>(g.down.target)) * static_cast<std::size_t>(image.width) + x +
                static_cast<std::size_t>(g.across.target));
  };
  std::vector<std::uint8_t> rgb(color.after != nullptr ? columns * 3 : 0);
  for (std::int32_t i = 0; i < rows; ++i) {
    const std::uint8_t* row = resampler.output(i);
    if (color.after != nullptr) {
      color.after(row, rgb.data(), columns);
      row = rgb.data();
    }
    if (!t) {
      std::memcpy(pixel(static_cast<std::size_t>(i), 0), row, columns * 3);
      continue;
    }
    for (std::size_t x = 0; x < columns; ++x) {
      std::memcpy(pixel(x, static_cast<std::size_t>(i)), row + 3 * x, 3);
    }
  }
  return image;
}

void check_pipeline(const PixelPipeline& p) {
  const bool sizes = p.resize == ResizeMode::none || (p.height > 0 && p.width > 0 && p.max_patches > 0);
  if (!sizes || (p.crop && (p.crop_height <= 0 || p.crop_width <= 0))) {
    fail(ErrorCode::range, "image", "has a preprocessing configuration with a size below 1");
  }
  check_pixel_rule(p, "image");
}

}  // namespace

void check_pixel_rule(const PixelPipeline& pipeline, const std::string& subject) {
  if (pipeline.rule != PixelRule::torchvision || pipeline.resize == ResizeMode::none) {
    return;
  }
  if (pipeline.resize == ResizeMode::longest) {
    fail(ErrorCode::unsupported, subject,
         "resizes the longer side and fills the rest, which the torchvision backend of transformers does not "
         "do");
  }
  if (pipeline.resample == Resample::box || pipeline.resample == Resample::hamming) {
    fail(ErrorCode::unsupported, subject,
         "resizes with the " + std::string(pipeline.resample == Resample::box ? "box" : "Hamming") +
             " filter, which the torchvision backend of transformers does not have");
  }
}

Image load_pixels(ByteView file, const PixelPipeline& pipeline, const ImageLimits& limits,
                  std::vector<std::string>* warnings) {
  return load_pixels(file, pipeline, limits, warnings, best_simd_level());
}

Image load_pixels(ByteView file, const PixelPipeline& pipeline, const ImageLimits& limits,
                  std::vector<std::string>* warnings, SimdLevel level) {
  return load_with_thumbnail(file, {pipeline, limits, warnings, level, {}}).pixels;
}

ImageWithThumbnail load_with_thumbnail(ByteView file, const PipelineRun& run) {
  const PixelPipeline& pipeline = run.pipeline;
  check_pipeline(pipeline);
  check_file_size(file, run.limits);
  const std::unique_ptr<RowReader> reader = codec_of(file).open(file, run.limits, run.warnings);
  const ImageInfo& info = reader->info();
  const Geometry geometry = plan_geometry(info, pipeline, run.limits);
  const bool indices = pipeline.rule == PixelRule::openai && (info.bilevel || !info.palette.empty());
  const Resample filter = indices ? Resample::nearest : pipeline.resample;
  const bool filtered = filter != Resample::nearest && geometry.resized != geometry.upright;
  const ColorPlan color = plan_color(info, pipeline, filtered);
  Resampler resampler(plan_resampling(geometry, filter, pipeline.rule, color.channels), run.level);
  ColorStep step(info, color, resampler);
  std::optional<ThumbnailMaker> thumbnail;
  if (run.thumbnail) thumbnail.emplace(info, run.thumbnail);
  stream_rows(*reader, [&](const std::uint8_t* rows, std::size_t stride, int count) {
    step.push(rows, stride, count);
    if (thumbnail) thumbnail->push(rows, stride, count);
  });
  return {place(resampler, geometry, color, fill_color(info, pipeline)),
          thumbnail ? thumbnail->finish() : Thumbnail()};
}

}  // namespace sightline
