// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/capitals.h"

#include "sightline/model/family.h"
#include "sightline/text/unicode.h"

namespace sightline {

bool is_fixed_siglip(const ModelConfig& config) {
  return config.family == &siglip_family() && config.tokenizer.source == TokenizerSource::transformers;
}

bool keeps_capitals(const Tokenizer& tokenizer) {
  const std::int64_t length = tokenizer.max_length();
  return tokenizer.encode("A", length).ids != tokenizer.encode("a", length).ids;
}

bool has_capitals(std::string_view text) {
  CodePoints lower;
  for (std::size_t position = 0; position < text.size();) {
    const char32_t character = next_code_point(text, position);
    lower.clear();
    append_lower(lower, character);
    if (lower.size() != 1 || lower.front() != character) return true;
  }
  return false;
}

}  // namespace sightline
