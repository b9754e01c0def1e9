// SPDX-License-Identifier: Apache-2.0
// The steps that depend on one character at a time or on a normalisation form.
#include <memory>
#include <string>
#include <utility>

#include "sightline/text/code_ranges.h"
#include "sightline/text/normalization.h"
#include "sightline/text/normalizer_steps.h"
#include "sightline/text/tokenizer_tables.h"
#include "sightline/text/unicode.h"

namespace sightline {
namespace {

/// Rust's char::to_lowercase of each character: a final sigma is not treated differently.
class Lowercase : public Normalizer {
 public:
  std::string apply(std::string text) const override {
    std::string out;
    out.reserve(text.size());
    CodePoints lower;
    for (std::size_t i = 0; i < text.size();) {
      lower.clear();
      append_lower(lower, next_code_point(text, i));
      for (const char32_t c : lower) append_utf8(out, c);
    }
    append_normalized(out, "");
    return out;
  }
};

class Form : public Normalizer {
 public:
  explicit Form(NormalizationForm form) : form_(form) {}

  std::string apply(std::string text) const override {
    std::string out = encode_utf8(normalize(decode_utf8(text), form_));
    append_normalized(out, "");
    return out;
  }

 private:
  NormalizationForm form_;
};

class Strip : public Normalizer {
 public:
  Strip(bool left, bool right) : left_(left), right_(right) {}

  std::string apply(std::string text) const override {
    std::size_t begin = 0, end = text.size();
    if (left_) begin = first_kept(text);
    if (right_) end = std::max(begin, last_kept(text));
    return text.substr(begin, end - begin);
  }

 private:
  static std::size_t first_kept(const std::string& text) {
    std::size_t begin = 0;
    for (std::size_t next = 0; begin < text.size(); begin = next) {
      if (!is_white_space(next_code_point(text, next))) break;
    }
    return begin;
  }

  /// The end of the last character that is not white space, or 0.
  static std::size_t last_kept(const std::string& text) {
    std::size_t end = text.size();
    while (end > 0) {
      std::size_t begin = end - 1;
      while (begin > 0 && (static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80) --begin;
      std::size_t next = begin;
      if (!is_white_space(next_code_point(text, next))) break;
      end = begin;
    }
    return end;
  }

  bool left_, right_;
};

/// Deletes combining marks (categories Mn, Mc and Me), without a decomposition before it.
class StripAccents : public Normalizer {
 public:
  std::string apply(std::string text) const override {
    std::string out;
    out.reserve(text.size());
    for (std::size_t begin = 0, end = 0; begin < text.size(); begin = end) {
      const char32_t c = next_code_point(text, end);
      if (c < 0x300 || find_range(kCombiningMarks, c) == nullptr) out.append(text, begin, end - begin);
    }
    return out;
  }
};

}  // namespace

std::unique_ptr<Normalizer> read_lowercase(const Json&) { return std::make_unique<Lowercase>(); }

std::unique_ptr<Normalizer> read_nfc(const Json&) { return std::make_unique<Form>(NormalizationForm::nfc); }

std::unique_ptr<Normalizer> read_nfd(const Json&) { return std::make_unique<Form>(NormalizationForm::nfd); }

std::unique_ptr<Normalizer> read_nfkc(const Json&) { return std::make_unique<Form>(NormalizationForm::nfkc); }

std::unique_ptr<Normalizer> read_nfkd(const Json&) { return std::make_unique<Form>(NormalizationForm::nfkd); }

std::unique_ptr<Normalizer> read_strip(const Json& spec) {
  return std::make_unique<Strip>(spec.at("strip_left").as_bool(), spec.at("strip_right").as_bool());
}

std::unique_ptr<Normalizer> read_strip_accents(const Json&) { return std::make_unique<StripAccents>(); }

}  // namespace sightline
