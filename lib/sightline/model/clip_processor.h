#pragma once

#include <array>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/base/bytes.h"
#include "sightline/model/config.h"
#include "sightline/model/token_batch.h"
#include "sightline/text/clip_tokenizer.h"

namespace sightline {

/// Turns bytes of pictures into pixel values and texts into token ids, as the model's own files say.
/// const = safe to share.
class CLIPProcessor {
 public:
  /// Reads the tokenizer's files; called once, by the first text, so that a run without texts never pays for
  /// it.
  using TokenizerLoader = std::function<std::unique_ptr<Tokenizer>()>;

  /// `image_size`: side of the square the image tower takes.
  /// Errors: mismatch when the preprocessing can never give that size.
  CLIPProcessor(const PreprocessorConfig& image, std::int64_t image_size, TokenizerLoader load_tokenizer,
                std::int64_t context_length);

  /// Floats of one picture: [3, crop height, crop width], channels first.
  std::int64_t pixel_count() const;
  /// Decodes one picture and writes its values into `pixels` (pixel_count() floats).
  /// Errors: those of load_pixels; mismatch when the pixels do not have the tower's size.
  void process_image(ByteView file, std::span<float> pixels, std::vector<std::string>* warnings) const;
  /// Ids of one text, at most context_length. Errors: utf8, limit, and those of the tokenizer's files.
  Encoding process_text(std::string_view utf8) const;

  const PreprocessorConfig& image_config() const { return image_; }
  /// Errors: those of the tokenizer's files.
  const Tokenizer& tokenizer() const;

 private:
  PreprocessorConfig image_;
  std::int64_t image_size_;
  std::array<std::array<float, 256>, 3> values_;  ///< of each 8-bit level in each channel
  TokenizerLoader load_tokenizer_;
  mutable std::once_flag tokenizer_once_;
  mutable std::unique_ptr<Tokenizer> tokenizer_;
  std::int64_t context_length_;
};

}  // namespace sightline
