// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/siglip_tokenizer.h"

#include <algorithm>
#include <utility>

namespace sightline {
namespace {

constexpr std::string_view kSpaceSymbol = "\u2581";
// In place of the space symbol before a text: unlike that, it is not removed, and it is neither a letter nor
// white space.
constexpr std::string_view kMark = "\uE000";

}  // namespace

SiglipTokenizer::SiglipTokenizer(Parts parts) : parts_(std::move(parts)) {
  space_id_ = parts_.pipeline.model->id_of(kSpaceSymbol);
  unknown_tokens_ = encode_after_unknown("").size();
}

std::vector<std::int32_t> SiglipTokenizer::encode_after_unknown(std::string_view text) const {
  std::vector<std::int32_t> ids;
  std::string whole = parts_.unknown;
  parts_.pipeline.model->append_ids(parts_.pipeline.normalizer->apply(std::move(whole.append(text))), ids);
  return ids;
}

void SiglipTokenizer::append_part(std::string_view text, bool at_start,
                                  std::vector<std::int32_t>& ids) const {
  std::string marked(at_start ? kMark : "");
  std::string clean = parts_.canonicalizer->apply(std::move(marked.append(text)));
  if (at_start) clean.replace(0, kMark.size(), kSpaceSymbol);
  const std::vector<std::int32_t> found = encode_after_unknown(clean);
  const std::size_t skipped = found.size() >= unknown_tokens_ ? unknown_tokens_ : 0;
  ids.insert(ids.end(), found.begin() + static_cast<std::ptrdiff_t>(skipped), found.end());
}

Encoding SiglipTokenizer::encode(std::string_view utf8, std::int64_t max_length) const {
  check_text(utf8);
  const TokenizerPipeline& pipeline = parts_.pipeline;
  std::vector<std::int32_t> ids;
  bool first = true;
  const auto append_empty_start = [&] {
    if (first) append_part("", true, ids);
    first = false;
  };
  bool after_token = false;
  pipeline.raw_tokens.split(
      utf8,
      [&](std::string_view part) {
        append_part(part, first, ids);
        first = false;
        after_token = false;
      },
      [&](std::int32_t id) {
        append_empty_start();
        // A space symbol alone before a special token is dropped.
        if (!after_token && ids.size() == 1 && ids[0] == space_id_ && parts_.special_ids.contains(id))
          ids.clear();
        ids.push_back(id);
        after_token = true;
      });
  append_empty_start();
  return pipeline.around.apply(std::move(ids), std::min(max_length, pipeline.max_length),
                               pipeline.truncate_left);
}

}  // namespace sightline
