// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/text/splitting.h"
#include "sightline/text/text_pattern.h"

namespace sightline {
namespace {

struct Behavior {
  std::string_view name;
  DelimiterBehavior behavior;
};
constexpr std::array<Behavior, 5> kBehaviors = {
    {{"Removed", DelimiterBehavior::removed},
     {"Isolated", DelimiterBehavior::isolated},
     {"MergedWithPrevious", DelimiterBehavior::merged_with_previous},
     {"MergedWithNext", DelimiterBehavior::merged_with_next},
     {"Contiguous", DelimiterBehavior::contiguous}}};

DelimiterBehavior read_behavior(const Json& value) {
  const std::string_view name = value.as_string();
  const auto found = std::find_if(kBehaviors.begin(), kBehaviors.end(),
                                  [&](const Behavior& known) { return known.name == name; });
  if (found == kBehaviors.end()) {
    fail(ErrorCode::header, value.path(),
         "is \"" + printable(name) + "\", expected a behavior such as \"Isolated\"");
  }
  return found->behavior;
}

class Split : public PreTokenizer {
 public:
  Split(TextPattern pattern, DelimiterBehavior behavior, bool invert)
      : pattern_(std::move(pattern)), behavior_(behavior), invert_(invert) {}

  void split(std::vector<Piece>& pieces) const override {
    split_pieces(pieces, behavior_, [this](std::string_view text, std::vector<TextPart>& parts) {
      std::size_t after_last = 0;
      pattern_.for_each_match(text, [&](std::size_t begin, std::size_t end) {
        if (after_last < begin) parts.push_back({after_last, begin, invert_});
        parts.push_back({begin, end, !invert_});
        after_last = end;
      });
      if (after_last < text.size()) parts.push_back({after_last, text.size(), invert_});
    });
  }

 private:
  TextPattern pattern_;
  DelimiterBehavior behavior_;
  bool invert_;
};

}  // namespace

std::unique_ptr<PreTokenizer> read_split(const Json& spec) {
  return std::make_unique<Split>(TextPattern(spec.at("pattern")), read_behavior(spec.at("behavior")),
                                 spec.at("invert").as_bool());
}

}  // namespace sightline
