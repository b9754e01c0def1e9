// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/pre_tokenizer.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/text/splitting.h"

namespace sightline {
namespace {

// The tokenizers of published models have at most eight.
constexpr std::size_t kMaxSteps = 64;

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

struct Type {
  std::string_view name;
  std::unique_ptr<PreTokenizer> (*read)(const Json& spec);
};
constexpr std::array<Type, 5> kTypes = {{{"WhitespaceSplit", read_whitespace_split},
                                         {"BertPreTokenizer", read_bert_pre_tokenizer},
                                         {"Metaspace", read_metaspace},
                                         {"Split", read_split},
                                         {"ByteLevel", read_byte_level}}};

// A sequence within a sequence adds its steps to the same list.
void append_steps(Steps& steps, const Json& spec) {
  if (spec.is_null()) return;
  const Json type = spec.at("type");
  const std::string_view name = type.as_string();
  if (name == "Sequence") {
    const Json list = spec.at("pretokenizers");
    if (!list.is_array()) fail(ErrorCode::type, list.path(), "is not a list");
    list.for_each_element([&](const Json& step) { append_steps(steps, step); });
    return;
  }
  const auto found =
      std::find_if(kTypes.begin(), kTypes.end(), [&](const Type& known) { return known.name == name; });
  if (found == kTypes.end()) {
    fail(ErrorCode::unsupported, type.path(),
         "is \"" + printable(name) + "\", a pre-tokenizer that is not supported");
  }
  if (steps.size() == kMaxSteps) {
    fail(ErrorCode::limit, spec.path(), "exceeds the limit of " + std::to_string(kMaxSteps) + " steps");
  }
  steps.push_back(found->read(spec));
}

}  // namespace

std::unique_ptr<PreTokenizer> make_pre_tokenizer(const Json& spec) {
  Steps steps;
  append_steps(steps, spec);
  return std::make_unique<Sequence>(std::move(steps));
}

}  // namespace sightline
