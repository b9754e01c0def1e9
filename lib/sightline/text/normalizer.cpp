// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/normalizer.h"

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "sightline/text/normalizer_steps.h"
#include "sightline/text/step_list.h"

namespace sightline {
namespace {

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

constexpr std::array<StepType<Normalizer>, 11> kTypes = {{{"Lowercase", read_lowercase},
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

constexpr StepKind<Normalizer> kKind{"a normalizer", "normalizers", kTypes};

}  // namespace

std::unique_ptr<Normalizer> make_sequence(std::vector<std::unique_ptr<Normalizer>> steps) {
  return std::make_unique<Sequence>(std::move(steps));
}

std::unique_ptr<Normalizer> make_normalizer(const Json& spec) {
  Steps steps;
  append_steps(kKind, spec, steps);
  return make_sequence(std::move(steps));
}

}  // namespace sightline
