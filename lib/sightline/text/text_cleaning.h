// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "sightline/text/tokenizer.h"
#include "sightline/text/unicode.h"

namespace sightline {

/// What is done to a text before its tokenizer sees it. All but `hf` begin with `basic_clean` and make each
/// run of white space one space.
enum class TextCleaning {
  hf,                     ///< nothing: the tokenizer's own normaliser alone, for CLIP's that of Hugging Face
  openai,                 ///< OpenAI's, and OpenCLIP's `lower`: Python's lower case
  siglip,                 ///< OpenCLIP's `canonicalize`: no ASCII punctuation, lower case
  whitespace,             ///< OpenCLIP's of this name
  whitespace_underscore,  ///< likewise: `_` is a space
};

/// "hf", "openai", ...
std::string_view text_cleaning_name(TextCleaning cleaning);

/// `basic_clean` of OpenAI and OpenCLIP: ftfy but for its repair of text that was decoded wrongly, HTML
/// entities twice, no white space at the ends. `text` is valid UTF-8.
CodePoints basic_clean(std::string_view text);
/// The cleaned text. `text` is valid UTF-8.
std::string clean_text(std::string_view text, TextCleaning cleaning);

/// A tokenizer that gets cleaned texts. Returns it unchanged for `hf`.
std::unique_ptr<Tokenizer> with_cleaning(std::unique_ptr<Tokenizer> tokenizer, TextCleaning cleaning);

}  // namespace sightline
