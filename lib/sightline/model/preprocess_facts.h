// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sightline/model/config.h"
#include "sightline/text/clip_tokenizer.h"

namespace sightline {

/// All that decides which pixel values an image becomes, as a JSON object: two runs whose objects are equal
/// prepare every image alike. What has no effect (the filter where nothing is resized) is left out.
/// `lenient`: PNGs whose checksums are wrong are decoded.
std::string image_preprocess_json(const PreprocessorConfig& config, bool lenient);

/// What decides which token ids a text becomes, besides the tokenizer's files.
struct TextPreprocess {
  TextCleaning cleaning = TextCleaning::hf;
  std::int64_t context_length = 77;
  std::string invalid_utf8;            ///< "refuse" or "replace"
  std::vector<std::string> templates;  ///< of labels; none for captions
};

/// The same for texts. `folder`: where the model's tokenizer is looked for; its files are hashed. Errors:
/// those of `find_tokenizer` and `read_file`.
std::string text_preprocess_json(const TextPreprocess& text, const std::string& folder);

}  // namespace sightline
