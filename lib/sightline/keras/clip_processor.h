// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sightline/tensor/tensor.h"

namespace sightline {
class Processor;
}  // namespace sightline

namespace sightline::keras {

/// KerasCV's CLIPProcessor: images to pixel values and texts to token ids. const = safe to share.
class CLIPProcessor {
 public:
  /// KerasCV's arguments: `vocabulary` is the path of a JSON file or a map from token to id, `merges` the
  /// path of a file or its rules, "a b" each. Files are read when the first text comes. Images are prepared
  /// as CLIP's published models want it.
  struct Arguments {
    std::int64_t input_resolution = 224;
    std::variant<std::string, std::map<std::string, std::int32_t>> vocabulary = {};
    std::variant<std::string, std::vector<std::string>> merges = {};
    std::int64_t context_length = 77;
  };
  /// Errors: range for a resolution or a context below 1.
  explicit CLIPProcessor(const Arguments& arguments);
  /// Around the engine's.
  explicit CLIPProcessor(std::shared_ptr<const Processor> processor);
  ~CLIPProcessor();
  CLIPProcessor(const CLIPProcessor&) = delete;
  CLIPProcessor& operator=(const CLIPProcessor&) = delete;

  struct Tokens {
    Tensor token_ids;     ///< int32 [B, context_length]; the end's id fills up each row
    Tensor padding_mask;  ///< boolean [B, context_length]: true for the ids of the text
  };
  /// One text gives B = 1. Errors: missing without a vocabulary or merges; utf8, limit, and those of the
  /// tokenizer's files.
  Tokens operator()(std::string_view text) const;
  Tokens operator()(std::initializer_list<std::string_view> texts) const;
  Tokens operator()(std::span<const std::string> texts) const;

  /// Image files -> [B, 3, H, W]. Errors: io, missing, and those of decoding, with the path.
  Tensor process_images(std::initializer_list<std::string_view> paths) const;
  Tensor process_images(std::span<const std::string> paths) const;

  /// Ids of a row of `Tokens`.
  std::int64_t context_length() const;

 private:
  Tokens tokens_of(std::span<const std::string_view> texts) const;

  std::shared_ptr<const Processor> processor_;
};

}  // namespace sightline::keras
