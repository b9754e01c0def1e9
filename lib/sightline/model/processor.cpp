// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/processor.h"

#include <algorithm>

#include "sightline/base/error.h"
#include "sightline/files/file.h"
#include "sightline/image/pipeline_run.h"

namespace sightline {
namespace {

constexpr std::int64_t kMaxImageBytes = 256LL << 20;

using LevelTable = std::array<float, 256>;

// Like transformers' torchvision backend (TorchvisionBackend.rescale_and_normalize): everything in float32,
// and mean and std are scaled instead of the level if both steps are done.
LevelTable torchvision_values(const PreprocessorConfig& config, std::size_t channel) {
  const bool fused = config.do_rescale && config.do_normalize;
  const float scale = fused ? static_cast<float>(1.0 / config.rescale_factor) : 1.0F;
  const float factor =
      config.do_rescale && !config.do_normalize ? static_cast<float>(config.rescale_factor) : 1.0F;
  const float mean = config.mean[channel] * scale;
  const float std = config.std[channel] * scale;
  LevelTable values;
  for (std::size_t level = 0; level < values.size(); ++level) {
    const auto value = static_cast<float>(level);
    values[level] = config.do_normalize ? (value - mean) / std : value * factor;
  }
  return values;
}

// Like transformers' PIL backend (image_transforms.rescale, normalize): the product in float64, rounded to
// float32, then (x - mean) / std in float32. There are only 256 levels per channel, so a table of their
// values suffices.
LevelTable channel_values(const PreprocessorConfig& config, std::size_t channel) {
  if (config.pipeline.rule == PixelRule::torchvision) return torchvision_values(config, channel);
  LevelTable values;
  for (std::size_t level = 0; level < values.size(); ++level) {
    const double scaled =
        config.do_rescale ? static_cast<double>(level) * config.rescale_factor : static_cast<double>(level);
    const auto value = static_cast<float>(scaled);
    values[level] = config.do_normalize ? (value - config.mean[channel]) / config.std[channel] : value;
  }
  return values;
}

/// Row `i` of pixels, in which each image has `count` values.
std::span<float> row_of(Tensor& pixels, std::int64_t i, std::int64_t count) {
  return pixels.view().flat().subspan(static_cast<std::size_t>(i * count), static_cast<std::size_t>(count));
}

std::string size_text(std::int64_t height, std::int64_t width) {
  return std::to_string(width) + "x" + std::to_string(height);
}

}  // namespace

Processor::Processor(const PreprocessorConfig& image, std::int64_t image_size, TokenizerLoader load_tokenizer,
                     std::int64_t context_length, const ImageLimits& limits)
    : image_(image),
      image_size_(image_size),
      has_images_(image_size > 0),
      load_tokenizer_(std::move(load_tokenizer)),
      context_length_(context_length),
      limits_(limits) {
  if (!has_images_) return;
  const PixelPipeline& pipeline = image_.pipeline;
  if (pipeline.resize == ResizeMode::patches) image_size_ = 0;
  const bool exact = !pipeline.crop && pipeline.resize == ResizeMode::exact;
  const std::int64_t height = pipeline.crop ? pipeline.crop_height : exact ? pipeline.height : image_size;
  const std::int64_t width = pipeline.crop ? pipeline.crop_width : exact ? pipeline.width : image_size;
  if (image_size_ > 0 && (height != image_size || width != image_size)) {
    fail(ErrorCode::mismatch, image_.origin,
         "gives images of " + size_text(height, width) + " pixels, but the image tower expects " +
             size_text(image_size, image_size));
  }
  check_pixel_rule(pipeline, image_.origin);
  if (pipeline.rule == PixelRule::torchvision && image_.do_rescale && image_.rescale_factor == 0)
    fail(ErrorCode::range, image_.origin, "has a rescale factor of 0, by which torchvision would divide");
  for (std::size_t channel = 0; channel < 3; ++channel) values_[channel] = channel_values(image_, channel);
}

Tensor Processor::process_images(std::span<const std::string> paths) const {
  const std::int64_t images = std::ssize(paths), room = pixel_count();
  const bool fixed = image_size_ > 0;
  Tensor pixels(fixed ? Shape{images, 3, image_size_, image_size_} : Shape{images, room});
  ImageSize size;
  for (std::int64_t i = 0; i < images; ++i) {
    const std::string& path = paths[static_cast<std::size_t>(i)];
    const ImageSize own = process_file(path, row_of(pixels, i, room));
    if (i == 0) size = own;
    if (own == size) continue;
    fail(ErrorCode::mismatch, path,
         "has " + size_text(own.height, own.width) + " pixels after preprocessing, but " + paths.front() +
             " has " + size_text(size.height, size.width) + "; prepare images of different sizes one by one");
  }
  if (fixed) return pixels;
  Tensor whole(Shape{images, 3, size.height, size.width});
  const std::int64_t count = images == 0 ? 0 : whole.shape().elements() / images;
  for (std::int64_t i = 0; i < images; ++i)
    std::ranges::copy(row_of(pixels, i, room).first(static_cast<std::size_t>(count)),
                      row_of(whole, i, count).begin());
  return whole;
}

ImageSize Processor::process_file(const std::string& path, std::span<float> pixels) const {
  try {
    return process_image(read_file(path, kMaxImageBytes), pixels, nullptr);
  } catch (const Error& error) {
    if (error.subject() == path) throw;
    if (error.subject() == "image") fail(error.code(), path, error.problem());
    throw error.within(path);
  }
}

std::int64_t Processor::pixel_count() const {
  if (image_.pipeline.resize != ResizeMode::patches) return 3 * image_size_ * image_size_;
  const PixelPipeline& pipeline = image_.pipeline;
  return std::int64_t{3} * pipeline.max_patches * pipeline.height * pipeline.width;
}

ImageSize Processor::process_image(ByteView file, std::span<float> pixels, std::vector<std::string>* warnings,
                                   const ThumbnailOptions& options, Thumbnail* thumbnail) const {
  if (!has_images_) fail(ErrorCode::missing, "", "cannot be processed, because the model has no image tower");
  if (std::ssize(pixels) != pixel_count()) {
    fail(ErrorCode::mismatch, "pixels",
         "have room for " + std::to_string(pixels.size()) + " values, expected " +
             std::to_string(pixel_count()));
  }
  ImageWithThumbnail loaded =
      load_with_thumbnail(file, {image_.pipeline, limits_, warnings, best_simd_level(), options});
  const Image& image = loaded.pixels;
  if (image_size_ > 0 && (image.height != image_size_ || image.width != image_size_)) {
    fail(ErrorCode::mismatch, "",
         "has " + size_text(image.height, image.width) +
             " pixels after preprocessing, but the image tower expects " +
             size_text(image_size_, image_size_));
  }
  look_up_levels(image.pixels, values_, pixels.first(image.pixels.size()));
  if (thumbnail != nullptr) *thumbnail = std::move(loaded.thumbnail);
  return {image.height, image.width};
}

Thumbnail Processor::thumbnail(ByteView file, const ThumbnailOptions& options) const {
  return load_thumbnail(file, options, limits_);
}

const Tokenizer& Processor::tokenizer() const {
  std::call_once(tokenizer_once_, [this] { tokenizer_ = load_tokenizer_(); });
  return *tokenizer_;
}

Encoding Processor::process_text(std::string_view utf8) const {
  return tokenizer().encode(utf8, context_length_);
}

std::int64_t Processor::text_length() const { return std::min(context_length_, tokenizer().max_length()); }

}  // namespace sightline
