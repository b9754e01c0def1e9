// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/pre_tokenizer.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/text/splitting.h"

namespace sightline {
namespace {

class Sequence : public PreTokenizer {
 public:
  explicit Sequence(std::vector<std::unique_ptr<PreTokenizer>> steps) : steps_(std::move(steps)) {}

  void split(std::vector<Piece>& pieces) const override {
    for (const auto& step : steps_) step->split(pieces);
  }

 private:
  std::vector<std::unique_ptr<PreTokenizer>> steps_;
};

std::unique_ptr<PreTokenizer> read_sequence(const Json& spec) {
  std::vector<std::unique_ptr<PreTokenizer>> steps;
  const Json list = spec.at("pretokenizers");
  if (!list.is_array()) fail(ErrorCode::type, list.path(), "is not a list");
  list.for_each_element([&](const Json& step) { steps.push_back(make_pre_tokenizer(step)); });
  return std::make_unique<Sequence>(std::move(steps));
}

struct Type {
  std::string_view name;
  std::unique_ptr<PreTokenizer> (*read)(const Json& spec);
};
constexpr std::array<Type, 5> kTypes = {{{"Sequence", read_sequence},
                                         {"WhitespaceSplit", read_whitespace_split},
                                         {"BertPreTokenizer", read_bert_pre_tokenizer},
                                         {"Metaspace", read_metaspace},
                                         {"Split", read_split}}};

}  // namespace

std::unique_ptr<PreTokenizer> make_pre_tokenizer(const Json& spec) {
  if (spec.is_null()) return std::make_unique<Sequence>(std::vector<std::unique_ptr<PreTokenizer>>());
  const Json type = spec.at("type");
  const auto found = std::find_if(kTypes.begin(), kTypes.end(),
                                  [&](const Type& known) { return known.name == type.as_string(); });
  if (found == kTypes.end()) {
    fail(ErrorCode::unsupported, type.path(),
         "is \"" + printable(type.as_string()) + "\", a pre-tokenizer that is not supported");
  }
  return found->read(spec);
}

}  // namespace sightline
