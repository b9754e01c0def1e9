// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "sightline/text/normalizer_steps.h"
#include "sightline/text/text_pattern.h"

namespace sightline {
namespace {

class Replace : public Normalizer {
 public:
  Replace(TextPattern pattern, std::string_view content) : pattern_(std::move(pattern)), content_(content) {}

  std::string apply(std::string text) const override {
    std::string out;
    std::size_t copied = 0;
    pattern_.for_each_match(text, [&](std::size_t begin, std::size_t end) {
      append_normalized(out, std::string_view(text).substr(copied, begin - copied));
      append_normalized(out, content_);
      copied = end;
    });
    if (copied == 0) return text;
    append_normalized(out, std::string_view(text).substr(copied));
    return out;
  }

 private:
  TextPattern pattern_;
  std::string content_;
};

/// Puts a text before one that is not empty.
class Prepend : public Normalizer {
 public:
  explicit Prepend(std::string_view prefix) : prefix_(prefix) {}

  std::string apply(std::string text) const override {
    if (text.empty()) return text;
    std::string out = prefix_;
    append_normalized(out, text);
    return out;
  }

 private:
  std::string prefix_;
};

}  // namespace

std::unique_ptr<Normalizer> read_replace(const Json& spec) {
  return std::make_unique<Replace>(TextPattern(spec.at("pattern")), spec.at("content").as_string());
}

std::unique_ptr<Normalizer> read_prepend(const Json& spec) {
  return std::make_unique<Prepend>(spec.at("prepend").as_string());
}

}  // namespace sightline
