// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/normalizer.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "sightline/base/format.h"
#include "sightline/text/normalizer_steps.h"

namespace sightline {
namespace {

class Sequence : public Normalizer {
 public:
  explicit Sequence(std::vector<std::unique_ptr<Normalizer>> steps) : steps_(std::move(steps)) {}

  std::string apply(std::string text) const override {
    for (const auto& step : steps_) text = step->apply(std::move(text));
    return text;
  }

 private:
  std::vector<std::unique_ptr<Normalizer>> steps_;
};

std::unique_ptr<Normalizer> read_sequence(const Json& spec) {
  std::vector<std::unique_ptr<Normalizer>> steps;
  const Json list = spec.at("normalizers");
  if (!list.is_array()) fail(ErrorCode::type, list.path(), "is not a list");
  list.for_each_element([&](const Json& step) { steps.push_back(make_normalizer(step)); });
  return make_sequence(std::move(steps));
}

struct Type {
  std::string_view name;
  std::unique_ptr<Normalizer> (*read)(const Json& spec);
};
constexpr std::array<Type, 12> kTypes = {{{"Sequence", read_sequence},
                                          {"Lowercase", read_lowercase},
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

}  // namespace

std::unique_ptr<Normalizer> make_sequence(std::vector<std::unique_ptr<Normalizer>> steps) {
  return std::make_unique<Sequence>(std::move(steps));
}

std::unique_ptr<Normalizer> make_normalizer(const Json& spec) {
  if (spec.is_null()) return make_sequence({});
  const Json type = spec.at("type");
  const auto found = std::find_if(kTypes.begin(), kTypes.end(),
                                  [&](const Type& known) { return known.name == type.as_string(); });
  if (found == kTypes.end()) {
    fail(ErrorCode::unsupported, type.path(),
         "is \"" + printable(type.as_string()) + "\", a normalizer that is not supported");
  }
  return found->read(spec);
}

}  // namespace sightline
