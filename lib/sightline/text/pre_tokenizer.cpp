// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/pre_tokenizer.h"

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "sightline/text/splitting.h"
#include "sightline/text/step_list.h"

namespace sightline {
namespace {

using Steps = std::vector<std::unique_ptr<PreTokenizer>>;

class Sequence : public PreTokenizer {
 public:
  explicit Sequence(Steps steps) : steps_(std::move(steps)) {}

  void split(std::vector<Piece>& pieces) const override {
    for (const auto& step : steps_) step->split(pieces);
  }

 private:
  Steps steps_;
};

constexpr std::array<StepType<PreTokenizer>, 5> kTypes = {{{"WhitespaceSplit", read_whitespace_split},
                                                           {"BertPreTokenizer", read_bert_pre_tokenizer},
                                                           {"Metaspace", read_metaspace},
                                                           {"Split", read_split},
                                                           {"ByteLevel", read_byte_level}}};

constexpr StepKind<PreTokenizer> kKind{"a pre-tokenizer", "pretokenizers", kTypes};

}  // namespace

std::unique_ptr<PreTokenizer> make_pre_tokenizer(const Json& spec) {
  Steps steps;
  append_steps(kKind, spec, steps);
  return std::make_unique<Sequence>(std::move(steps));
}

}  // namespace sightline
