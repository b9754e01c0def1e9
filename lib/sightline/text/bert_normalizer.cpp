// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <utility>

#include "sightline/text/code_ranges.h"
#include "sightline/text/normalization.h"
#include "sightline/text/normalizer_steps.h"
#include "sightline/text/tokenizer_tables.h"
#include "sightline/text/unicode.h"

namespace sightline {
namespace {

// src/normalizers/bert.rs of tokenizers 0.23.3. Its fourth range of extensions begins at U+2B920, not at
// U+2B820.
constexpr std::array<CodeRange, 8> kIdeographs = {{{0x3400, 0x4DBF},
                                                   {0x4E00, 0x9FFF},
                                                   {0xF900, 0xFAFF},
                                                   {0x20000, 0x2A6DF},
                                                   {0x2A700, 0x2B73F},
                                                   {0x2B740, 0x2B81F},
                                                   {0x2B920, 0x2CEAF},
                                                   {0x2F800, 0x2FA1F}}};

class BertNormalizer : public Normalizer {
 public:
  struct Options {
    bool clean_text, handle_chinese_chars, strip_accents, lowercase;
  };
  explicit BertNormalizer(Options options) : options_(options) {}

  std::string apply(std::string text) const override {
    CodePoints points = decode_utf8(text);
    if (options_.clean_text) clean(points);
    if (options_.handle_chinese_chars) separate_ideographs(points);
    if (options_.strip_accents) {
      points = normalize(std::move(points), NormalizationForm::nfd);
      std::erase_if(points,
                    [](char32_t c) { return c >= 0x300 && find_range(kNonspacingMarks, c) != nullptr; });
    }
    if (options_.lowercase) points = lowered(points);
    std::string out = encode_utf8(points);
    append_normalized(out, "");
    return out;
  }

 private:
  static void clean(CodePoints& points) {
    std::erase_if(
        points, [](char32_t c) { return (c < ' ' || c >= 0x7F) && find_range(kBertRemoved, c) != nullptr; });
    for (char32_t& c : points) {
      if (is_white_space(c)) c = ' ';
    }
  }

  static void separate_ideographs(CodePoints& points) {
    CodePoints out;
    out.reserve(points.size());
    for (const char32_t c : points) {
      if (c >= kIdeographs[0].first && find_range(std::span<const CodeRange>(kIdeographs), c) != nullptr) {
        out += {' ', c, ' '};
      } else {
        out += c;
      }
    }
    points = std::move(out);
  }

  static CodePoints lowered(const CodePoints& points) {
    CodePoints out;
    out.reserve(points.size());
    for (const char32_t c : points) append_lower(out, c);
    return out;
  }

  Options options_;
};

}  // namespace

std::unique_ptr<Normalizer> read_bert_normalizer(const Json& spec) {
  BertNormalizer::Options options;
  options.clean_text = spec.at("clean_text").as_bool();
  options.handle_chinese_chars = spec.at("handle_chinese_chars").as_bool();
  options.lowercase = spec.at("lowercase").as_bool();
  const std::optional<Json> accents = spec.find("strip_accents");
  options.strip_accents = accents && !accents->is_null() ? accents->as_bool() : options.lowercase;
  return std::make_unique<BertNormalizer>(options);
}

}  // namespace sightline
