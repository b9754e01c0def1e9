// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/base/bytes.h"
#include "sightline/image/crop.h"
#include "sightline/image/image.h"
#include "sightline/image/level_values.h"
#include "sightline/image/thumbnail.h"
#include "sightline/model/config.h"
#include "sightline/model/token_batch.h"
#include "sightline/tensor/tensor.h"
#include "sightline/text/clip_tokenizer.h"

namespace sightline {

/// Turns the bytes of images into pixel values and texts into token ids, with the settings from the model's
/// own files. const = safe to share.
class Processor {
 public:
  /// Reads the tokenizer's files. It is called once, for the first text, so a run without texts does not pay
  /// for it.
  using TokenizerLoader = std::function<std::unique_ptr<Tokenizer>()>;

  /// `image_size`: side of the square that the image tower expects; it is ignored if the preprocessing makes
  /// whole patches (`ResizeMode::patches`); 0 = there is no image tower, so no image can be processed.
  /// `limits` apply to each image. Errors: mismatch if the preprocessing can never produce that size.
  Processor(const PreprocessorConfig& image, std::int64_t image_size, TokenizerLoader load_tokenizer,
            std::int64_t context_length, const ImageLimits& limits = {});

  /// Side of the square that the image tower expects; 0 if images have different sizes (NaFlex), or none.
  std::int64_t image_size() const { return image_size_; }
  /// The largest number of floats of an image [3, height, width], channels first.
  std::int64_t pixel_count() const;
  /// Decodes one image, writes its values at the beginning of `pixels` (pixel_count() floats) and returns its
  /// size. `thumbnail` (may be null) receives the thumbnail that `options` request. Errors: those of
  /// load_pixels; mismatch if the result does not have the tower's size; missing if there is no image tower.
  ImageSize process_image(ByteView file, std::span<float> pixels, std::vector<std::string>* warnings,
                          const ThumbnailOptions& options = {}, Thumbnail* thumbnail = nullptr) const;
  /// Decodes one image for its thumbnail alone. Errors: those of load_pixels.
  Thumbnail thumbnail(ByteView file, const ThumbnailOptions& options) const;
  /// Image files -> [B, 3, height, width]. Errors: as `process_image`, with the path; io, missing; mismatch
  /// for images that have different sizes.
  Tensor process_images(std::span<const std::string> paths) const;

  /// Token ids of a text, at most `text_length()`. Errors: utf8, limit, and those of the tokenizer's files.
  Encoding process_text(std::string_view utf8) const;
  /// Maximum number of ids of a text, including start and end: the model's context, or the limit of the
  /// tokenizer's settings if that is smaller. Errors: those of the tokenizer's files.
  std::int64_t text_length() const;
  std::int64_t context_length() const { return context_length_; }

  const PreprocessorConfig& image_config() const { return image_; }
  /// Errors: those of the tokenizer's files.
  const Tokenizer& tokenizer() const;

 private:
  ImageSize process_file(const std::string& path, std::span<float> pixels) const;

  PreprocessorConfig image_;
  std::int64_t image_size_;
  bool has_images_;  ///< the model has an image tower
  LevelValues values_;
  TokenizerLoader load_tokenizer_;
  mutable std::once_flag tokenizer_once_;
  mutable std::unique_ptr<Tokenizer> tokenizer_;
  std::int64_t context_length_;
  ImageLimits limits_;
};

}  // namespace sightline
