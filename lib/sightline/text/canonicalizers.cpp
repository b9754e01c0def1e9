// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <string>
#include <utility>

#include "sightline/text/normalizer_steps.h"
#include "sightline/text/unicode.h"

namespace sightline {
namespace {

enum class LowerCase { none, before_punctuation, after_punctuation };

/// Python's string.punctuation.
bool is_ascii_punctuation(char32_t c) {
  return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') || (c >= '{' && c <= '~');
}

class Canonicalizer : public Normalizer {
 public:
  /// `space` is a character that counts as white space.
  Canonicalizer(char32_t space, LowerCase lower) : space_(space), lower_(lower) {}

  std::string apply(std::string text) const override {
    CodePoints points = decode_utf8(text);
    // Whether a sigma is final depends on what is around it.
    if (lower_ == LowerCase::before_punctuation) points = lower_with_final_sigma(points);
    points = without_punctuation(points);
    if (lower_ == LowerCase::after_punctuation) points = lower_with_final_sigma(points);
    std::string out = encode_utf8(points);
    append_normalized(out, "");
    return out;
  }

 private:
  CodePoints without_punctuation(const CodePoints& points) const {
    CodePoints out;
    out.reserve(points.size());
    bool separated = false;  // white space follows the last word
    for (const char32_t c : points) {
      if (is_python_space(c) || c == space_) {
        separated = !out.empty();
      } else if (!is_ascii_punctuation(c)) {
        if (separated) out += ' ';
        separated = false;
        out += c;
      }
    }
    return out;
  }

  char32_t space_;
  LowerCase lower_;
};

}  // namespace

std::unique_ptr<Normalizer> make_siglip_canonicalizer(bool lowercase) {
  constexpr char32_t kSpaceSymbol = 0x2581;
  return std::make_unique<Canonicalizer>(kSpaceSymbol,
                                         lowercase ? LowerCase::before_punctuation : LowerCase::none);
}

std::unique_ptr<Normalizer> make_openclip_canonicalizer() {
  // White space before lower case is white space after it, so the order of these two does not matter.
  return std::make_unique<Canonicalizer>('_', LowerCase::after_punctuation);
}

}  // namespace sightline
