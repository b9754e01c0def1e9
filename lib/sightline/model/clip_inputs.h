// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "sightline/model/token_batch.h"
#include "sightline/tensor/tensor.h"

namespace sightline {

class Processor;

/// Prepares images and texts for a model, with the settings from the model's own files. Owned by its `CLIP`
/// and valid as long as that object. const = safe to share.
class CLIPProcessor {
 public:
  /// For the library itself; see `CLIP::processor`.
  explicit CLIPProcessor(const Processor& processor) : processor_(processor) {}
  CLIPProcessor(const CLIPProcessor&) = delete;
  CLIPProcessor& operator=(const CLIPProcessor&) = delete;

  /// Token ids of texts, truncated to the model's context. Errors: utf8, limit; missing and those of the
  /// tokenizer's files, which are read on first use.
  TokenBatch operator()(std::string_view text) const;
  TokenBatch operator()(std::initializer_list<std::string_view> texts) const;
  TokenBatch operator()(std::span<const std::string> texts) const;

  /// Image files -> pixel values [B, 3, H, W]. Errors: missing, io, and those of decoding, with the path;
  /// mismatch for images of different sizes (NaFlex), which are prepared one by one.
  Tensor process_images(std::initializer_list<std::string_view> paths) const;
  Tensor process_images(std::span<const std::string> paths) const;

  /// Height and width of the prepared images; 0 for a NaFlex model, whose images have different ones.
  std::int64_t image_size() const;
  /// Maximum number of tokens of a text.
  std::int64_t context_length() const;

 private:
  const Processor& processor_;
};

}  // namespace sightline
