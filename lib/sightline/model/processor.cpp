// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/processor.h"

#include <algorithm>

#include "sightline/base/error.h"
#include "sightline/files/file.h"

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

std::string size_text(std::int64_t height, std::int64_t width) {
  return std::to_string(width) + "x" + std::to_string(height);
}

}  // namespace

Processor::Processor(const PreprocessorConfig& image, std::int64_t image_size, TokenizerLoader load_tokenizer,
                     std::int64_t context_length, const ImageLimits& limits)
    : image_(image),
      image_size_(image_size),
      load_tokenizer_(std::move(load_tokenizer)),
      context_length_(context_length),
      limits_(limits) {
  const PixelPipeline& pipeline = image_.pipeline;
  const bool exact = !pipeline.crop && pipeline.resize == ResizeMode::exact;
  const std::int64_t height = pipeline.crop ? pipeline.crop_height : exact ? pipeline.height : image_size;
  const std::int64_t width = pipeline.crop ? pipeline.crop_width : exact ? pipeline.width : image_size;
  if (height != image_size || width != image_size) {
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
  Tensor pixels(Shape{std::ssize(paths), 3, image_size_, image_size_});
  const auto count = static_cast<std::size_t>(pixel_count());
  for (std::size_t i = 0; i < paths.size(); ++i) {
    try {
      const std::vector<std::byte> file = read_file(paths[i], kMaxImageBytes);
      process_image(file, pixels.view().flat().subspan(i * count, count), nullptr);
    } catch (const Error& error) {
      if (error.subject() == paths[i]) throw;
      if (error.subject() == "image") fail(error.code(), paths[i], error.problem());
      throw error.within(paths[i]);
    }
  }
  return pixels;
}

std::int64_t Processor::pixel_count() const { return 3 * image_size_ * image_size_; }

void Processor::process_image(ByteView file, std::span<float> pixels,
                              std::vector<std::string>* warnings) const {
  if (std::ssize(pixels) != pixel_count()) {
    fail(ErrorCode::mismatch, "pixels",
         "have room for " + std::to_string(pixels.size()) + " values, expected " +
             std::to_string(pixel_count()));
  }
  const Image image = load_pixels(file, image_.pipeline, limits_, warnings);
  if (image.height != image_size_ || image.width != image_size_) {
    fail(ErrorCode::mismatch, "",
         "has " + size_text(image.height, image.width) +
             " pixels after preprocessing, but the image tower expects " +
             size_text(image_size_, image_size_));
  }
  look_up_levels(image.pixels, values_, pixels);
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
