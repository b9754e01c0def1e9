#include "sightline/model/clip_processor.h"

#include <cassert>

#include "sightline/base/error.h"

namespace sightline {
namespace {

// transformers (image_transforms.rescale, normalize): the product in float64, then float32; (x - mean) / std
// in float32. A level has one value per channel, so 256 of them say it all.
std::array<float, 256> channel_values(const PreprocessorConfig& config, std::size_t channel) {
  std::array<float, 256> values;
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

CLIPProcessor::CLIPProcessor(const PreprocessorConfig& image, std::int64_t image_size,
                             TokenizerLoader load_tokenizer, std::int64_t context_length)
    : image_(image),
      image_size_(image_size),
      load_tokenizer_(std::move(load_tokenizer)),
      context_length_(context_length) {
  const PixelPipeline& pipeline = image_.pipeline;
  if (pipeline.crop && (pipeline.crop_height != image_size || pipeline.crop_width != image_size)) {
    fail(ErrorCode::mismatch, "preprocessor_config.json: crop_size",
         "is " + size_text(pipeline.crop_height, pipeline.crop_width) + ", the image tower takes " +
             size_text(image_size, image_size));
  }
  for (std::size_t channel = 0; channel < 3; ++channel) values_[channel] = channel_values(image_, channel);
}

std::int64_t CLIPProcessor::pixel_count() const { return 3 * image_size_ * image_size_; }

void CLIPProcessor::process_image(ByteView file, std::span<float> pixels,
                                  std::vector<std::string>* warnings) const {
  assert(static_cast<std::int64_t>(pixels.size()) == pixel_count());
  const Image image = load_pixels(file, image_.pipeline, ImageLimits{}, warnings);
  if (image.height != image_size_ || image.width != image_size_) {
    fail(ErrorCode::mismatch, "",
         "has " + size_text(image.height, image.width) +
             " pixels after preprocessing, the image tower takes " + size_text(image_size_, image_size_));
  }
  // [H, W, 3] -> [3, H, W]
  const std::size_t plane = pixels.size() / 3;
  for (std::size_t channel = 0; channel < 3; ++channel) {
    float* out = pixels.data() + channel * plane;
    const std::uint8_t* levels = image.pixels.data() + channel;
    for (std::size_t i = 0; i < plane; ++i) out[i] = values_[channel][levels[3 * i]];
  }
}

const Tokenizer& CLIPProcessor::tokenizer() const {
  std::call_once(tokenizer_once_, [this] { tokenizer_ = load_tokenizer_(); });
  return *tokenizer_;
}

Encoding CLIPProcessor::process_text(std::string_view utf8) const {
  return tokenizer().encode(utf8, context_length_);
}

}  // namespace sightline
