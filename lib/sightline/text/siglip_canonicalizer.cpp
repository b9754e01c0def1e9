// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <string>

#include "sightline/text/normalizer_steps.h"
#include "sightline/text/unicode.h"

namespace sightline {
namespace {

constexpr char32_t kSpaceSymbol = 0x2581;

/// Python's string.punctuation.
bool is_ascii_punctuation(char32_t c) {
  return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') || (c >= '{' && c <= '~');
}

class SiglipCanonicalizer : public Normalizer {
 public:
  explicit SiglipCanonicalizer(bool lowercase) : lowercase_(lowercase) {}

  std::string apply(std::string text) const override {
    CodePoints points = decode_utf8(text);
    if (lowercase_) points = lower_with_final_sigma(points);
    std::string out;
    out.reserve(text.size());
    bool space = false;  // white space has been read that may separate two words
    for (const char32_t c : points) {
      if (is_python_space(c) || c == kSpaceSymbol) {
        space = !out.empty();
      } else if (!is_ascii_punctuation(c)) {
        if (space) out += ' ';
        space = false;
        append_utf8(out, c);
      }
    }
    append_normalized(out, "");
    return out;
  }

 private:
  bool lowercase_;
};

}  // namespace

std::unique_ptr<Normalizer> make_siglip_canonicalizer(bool lowercase) {
  return std::make_unique<SiglipCanonicalizer>(lowercase);
}

}  // namespace sightline
