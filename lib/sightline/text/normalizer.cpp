// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/normalizer.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "sightline/base/format.h"
#include "sightline/text/normalizer_steps.h"

namespace sightline {
namespace {

// The tokenizers of published models have at most eight.
constexpr std::size_t kMaxSteps = 64;

using Steps = std::vector<std::unique_ptr<Normalizer>>;

class Sequence : public Normalizer {
 public:
  explicit Sequence(Steps steps) : steps_(std::move(steps)) {}

  std::string apply(std::string text) const override {
    for (const auto& step : steps_) text = step->apply(std::move(text));
    return text;
  }

 private:
  Steps steps_;
};

struct Type {
  std::string_view name;
  std::unique_ptr<Normalizer> (*read)(const Json& spec);
};
constexpr std::array<Type, 11> kTypes = {{{"Lowercase", read_lowercase},
                                          {"NFC", read_nfc},
                                          {"NFD", read_nfd},
                                          {"NFKC", read_nfkc},
                                          {"NFKD", read_nfkd},
                                          {"Strip", read_strip},
                                          {"StripAccents", read_strip_accents},
                                          {"BertNormalizer", read_bert_normalizer},
                                          {"Replace", read_replace},
                                          {"Prepend", read_prepend},
                                          {"Precompiled", read_precompiled}}};

// A sequence within a sequence adds its steps to the same list.
void append_steps(Steps& steps, const Json& spec) {
  if (spec.is_null()) return;
  const Json type = spec.at("type");
  const std::string_view name = type.as_string();
  if (name == "Sequence") {
    const Json list = spec.at("normalizers");
    if (!list.is_array()) fail(ErrorCode::type, list.path(), "is not a list");
    list.for_each_element([&](const Json& step) { append_steps(steps, step); });
    return;
  }
  const auto found =
      std::find_if(kTypes.begin(), kTypes.end(), [&](const Type& known) { return known.name == name; });
  if (found == kTypes.end()) {
    fail(ErrorCode::unsupported, type.path(),
         "is \"" + printable(name) + "\", a normalizer that is not supported");
  }
  if (steps.size() == kMaxSteps) {
    fail(ErrorCode::limit, spec.path(), "exceeds the limit of " + std::to_string(kMaxSteps) + " steps");
  }
  steps.push_back(found->read(spec));
}

}  // namespace

std::unique_ptr<Normalizer> make_sequence(std::vector<std::unique_ptr<Normalizer>> steps) {
  return std::make_unique<Sequence>(std::move(steps));
}

std::unique_ptr<Normalizer> make_normalizer(const Json& spec) {
  Steps steps;
  append_steps(steps, spec);
  return make_sequence(std::move(steps));
}

}  // namespace sightline
