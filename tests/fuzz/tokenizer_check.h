// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "sightline/base/error.h"
#include "sightline/text/clip_tokenizer.h"

namespace sightline::fuzz {

inline void require(bool condition) {
  if (!condition) std::abort();
}

/// Requires that a tokenizer reads any text: ids of the vocabulary, the start and the end in their places.
inline void check_encodings(const CLIPTokenizer& tokenizer) {
  constexpr std::int64_t kMostIds = 16;
  constexpr std::array<std::string_view, 5> kTexts = {
      "", "a", "ab abc!", "a<|endoftext|>b<s>  \xC3\xA9\xF0\x9F\x90\x88",
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa bb cc dd 0 1 2 ' 's"};
  for (const std::string_view text : kTexts) {
    Encoding encoding;
    try {
      encoding = tokenizer.encode(text, kMostIds);
    } catch (const Error& error) {
      require(error.code() == ErrorCode::missing);  // a byte without a token, and no unknown token
      continue;
    }
    require(encoding.ids.size() >= 2 && encoding.ids.size() <= static_cast<std::size_t>(kMostIds));
    require(encoding.ids.front() == tokenizer.start_id() && encoding.ids.back() == tokenizer.end_id());
    for (const std::int32_t id : encoding.ids) require(id >= 0 && id < tokenizer.vocabulary_size());
  }
}

}  // namespace sightline::fuzz
