// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sightline/base/bytes.h"
#include "sightline/image/image.h"
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

  /// `image_size`: side of the square the image tower takes. `limits`: of each picture.
  /// Errors: mismatch when the preprocessing can never give that size.
  CLIPProcessor(const PreprocessorConfig& image, std::int64_t image_size, TokenizerLoader load_tokenizer,
                std::int64_t context_length, const ImageLimits& limits = {});

  /// KerasCV's arguments: `vocabulary` is the path of a JSON file or a map from token to id, `merges` the
  /// path of a file or its rules, "a b" each. Files are read when the first text comes. Pictures are prepared
  /// as CLIP's published models want it.
  struct Arguments {
    std::int64_t input_resolution = 224;
    std::variant<std::string, std::map<std::string, std::int32_t>> vocabulary = {};
    std::variant<std::string, std::vector<std::string>> merges = {};
    std::int64_t context_length = 77;
  };
  /// Errors: range (a resolution or context below 1).
  explicit CLIPProcessor(const Arguments& arguments);

  /// Texts as KerasCV's processor gives them.
  struct Tokens {
    TokenBatch batch;                        ///< for the text tower: no padding
    std::vector<std::int32_t> token_ids;     ///< [B, context_length]; the end's id fills up each row
    std::vector<std::uint8_t> padding_mask;  ///< [B, context_length]: 1 for the ids of the text
  };
  /// Errors: as `process_text`.
  Tokens operator()(std::span<const std::string> texts) const;
  /// Pictures from files -> [B, pixel_count()]. Errors: as `process_image`, with the path; io, missing.
  Tensor process_images(std::span<const std::string> paths) const;

  /// Floats of one picture: [3, crop height, crop width], channels first.
  std::int64_t pixel_count() const;
  /// Decodes one picture and writes its values into `pixels` (pixel_count() floats).
  /// Errors: those of load_pixels; mismatch when the pixels do not have the tower's size.
  void process_image(ByteView file, std::span<float> pixels, std::vector<std::string>* warnings) const;
  /// Ids of one text, at most `text_length()`. Errors: utf8, limit, and those of the tokenizer's files.
  Encoding process_text(std::string_view utf8) const;
  /// The most ids of a text, start and end included: the model's context, or what the tokenizer's settings
  /// say when that is less. Errors: those of the tokenizer's files.
  std::int64_t text_length() const;

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
  ImageLimits limits_;
};

}  // namespace sightline
