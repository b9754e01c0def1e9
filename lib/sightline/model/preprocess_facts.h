// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sightline/model/config.h"
#include "sightline/model/model_files.h"
#include "sightline/text/clip_tokenizer.h"

namespace sightline {

/// All settings that affect the pixel values of an image, as a JSON object: two runs with equal objects
/// prepare every image identically. Settings without effect, such as the filter if nothing is resized, are
/// omitted. `lenient`: PNG files with wrong checksums are decoded.
std::string image_preprocess_json(const PreprocessorConfig& config, bool lenient);

/// The settings that affect the token ids of a text, besides the tokenizer's files.
struct TextPreprocess {
  TextCleaning cleaning = TextCleaning::hf;
  std::int64_t context_length = 77;
  std::string invalid_utf8;            ///< "refuse" or "replace"
  std::vector<std::string> templates;  ///< templates of labels; empty for captions
};

/// The same for texts. `files` contains the model's tokenizer, whose files are hashed. Errors:
/// those of `find_tokenizer` and `ModelFiles::read`.
std::string text_preprocess_json(const TextPreprocess& text, const ModelFiles& files);

}  // namespace sightline
