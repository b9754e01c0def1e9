// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/pixel_pipeline.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "sightline/image/codec.h"
#include "sightline/image/color.h"
#include "sightline/image/pipeline_run.h"
#include "sightline/image/pixel_geometry.h"
#include "sightline/image/resampler.h"

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

/// Decodes everything and resamples row by row. All rows are decoded, needed or not, so that a file that is
/// truncated or damaged below the crop is rejected like any other.
void stream(RowReader& reader, const ColorPlan& color, Resampler& resampler) {
  const ImageInfo& info = reader.info();
  const auto width = static_cast<std::size_t>(info.width);
  const std::size_t stride = width * static_cast<std::size_t>(channels_of(info.format)) + kRowPadding;
  std::vector<std::uint8_t> decoded(stride * Resampler::kBatch);
  std::vector<std::uint8_t> converted;
  const std::size_t converted_stride = width * static_cast<std::size_t>(color.channels) + kRowPadding;
  if (color.before != nullptr) {
    converted.resize(converted_stride * Resampler::kBatch);
  }
  for (std::int32_t y = 0; y < info.height; y += Resampler::kBatch) {
    const int count = std::min<std::int32_t>(Resampler::kBatch, info.height - y);
    reader.read(decoded.data(), stride, count);
    if (color.before == nullptr) {
      resampler.push(decoded.data(), stride, count);
      continue;
    }
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
      color.before(decoded.data() + i * stride, converted.data() + i * converted_stride, width);
    }
    resampler.push(converted.data(), converted_stride, count);
  }
  reader.finish();
}

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
  check_pipeline(pipeline);
  if (static_cast<std::int64_t>(file.size()) > limits.max_bytes) {
    fail(ErrorCode::limit, "image",
         "has " + std::to_string(file.size()) + " bytes, expected at most " +
             std::to_string(limits.max_bytes));
  }
  const std::unique_ptr<RowReader> reader = codec_of(file).open(file, limits, warnings);
  const ImageInfo& info = reader->info();
  const Geometry geometry = plan_geometry(info, pipeline, limits);
  const bool indices = pipeline.rule == PixelRule::openai && (info.bilevel || !info.palette.empty());
  const Resample filter = indices ? Resample::nearest : pipeline.resample;
  const bool filtered = filter != Resample::nearest && geometry.resized != geometry.upright;
  const ColorPlan color = plan_color(info, pipeline, filtered);
  Resampler resampler(plan_resampling(geometry, filter, pipeline.rule, color.channels), level);
  stream(*reader, color, resampler);
  return place(resampler, geometry, color, fill_color(info, pipeline));
}

}  // namespace sightline
