// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/text_cleaning.h"

#include <algorithm>
#include <utility>

#include "sightline/text/fix_text.h"
#include "sightline/text/html_entities.h"
#include "sightline/text/normalizer.h"
#include "sightline/text/pipeline_tokenizer.h"
#include "sightline/text/tokenizer_wrapper.h"

namespace sightline {
namespace {

/// " ".join(text.split())
CodePoints with_single_spaces(const CodePoints& text) {
  CodePoints out;
  bool separated = false;
  for (const char32_t c : text) {
    if (is_python_space(c)) {
      separated = !out.empty();
      continue;
    }
    if (separated) out += U' ';
    separated = false;
    out += c;
  }
  return out;
}

class CleaningTokenizer : public TokenizerWrapper {
 public:
  CleaningTokenizer(std::unique_ptr<Tokenizer> tokenizer, TextCleaning cleaning)
      : TokenizerWrapper(std::move(tokenizer)), cleaning_(cleaning) {}

  Encoding encode(std::string_view utf8, std::int64_t max_length) const override {
    check_text(utf8);
    return inner().encode(clean_text(utf8, cleaning_), max_length);
  }

 private:
  TextCleaning cleaning_;
};

}  // namespace

std::string_view text_cleaning_name(TextCleaning cleaning) {
  switch (cleaning) {
    case TextCleaning::hf:
      return "hf";
    case TextCleaning::openai:
      return "openai";
    case TextCleaning::siglip:
      return "siglip";
    case TextCleaning::whitespace:
      return "whitespace";
    case TextCleaning::whitespace_underscore:
      return "whitespace_underscore";
  }
  return "";
}

CodePoints basic_clean(std::string_view text) {
  std::string once, twice;
  unescape_html(encode_utf8(fix_text(decode_utf8(text))), once);
  unescape_html(once, twice);
  const CodePoints points = decode_utf8(twice);
  const auto is_text = [](char32_t c) { return !is_python_space(c); };
  const auto begin = std::find_if(points.begin(), points.end(), is_text);
  const auto end = std::find_if(points.rbegin(), points.rend(), is_text).base();
  return begin < end ? CodePoints(begin, end) : CodePoints();
}

std::string clean_text(std::string_view text, TextCleaning cleaning) {
  if (cleaning == TextCleaning::hf) return std::string(text);
  CodePoints points = basic_clean(text);
  if (cleaning == TextCleaning::siglip) {
    static const std::unique_ptr<Normalizer> canonicalizer = make_openclip_canonicalizer();
    return canonicalizer->apply(encode_utf8(points));
  }
  if (cleaning == TextCleaning::whitespace_underscore) std::ranges::replace(points, U'_', U' ');
  points = with_single_spaces(points);
  return encode_utf8(cleaning == TextCleaning::openai ? lower_with_final_sigma(points) : points);
}

std::unique_ptr<Tokenizer> with_cleaning(std::unique_ptr<Tokenizer> tokenizer, TextCleaning cleaning) {
  if (cleaning == TextCleaning::hf) return tokenizer;
  return std::make_unique<CleaningTokenizer>(std::move(tokenizer), cleaning);
}

}  // namespace sightline
