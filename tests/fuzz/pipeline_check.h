// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "sightline/base/error.h"
#include "sightline/text/tokenizer_folder.h"

namespace sightline::fuzz {

/// Calls `make`. If it returns a tokenizer, requires that it reads any text: at most as many ids as asked
/// for, all of them of the vocabulary.
template <class Make>
void check(Make make) {
  constexpr std::int64_t kMostIds = 16;
  constexpr std::array<std::string_view, 6> kTexts = {
      "",
      "a",
      "ab abc!",
      "a</s>b<s> <x> [UNK] \xC3\xA9\xF0\x9F\x90\x88",
      "\xE2\x96\x81 \xE4\xB8\xAD\n\n\t<0x41>",
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa bb cc dd 0 1 2 ' 's"};
  std::unique_ptr<Tokenizer> tokenizer;
  try {
    tokenizer = make();
  } catch (const Error&) {
    return;  // refused: as good as accepted
  }
  for (const std::string_view text : kTexts) {
    Encoding encoding;
    try {
      encoding = tokenizer->encode(text, kMostIds);
    } catch (const Error& error) {
      // A character without a token, and no unknown token; a replacement that makes the text too long.
      if (error.code() != ErrorCode::missing && error.code() != ErrorCode::limit) std::abort();
      continue;
    }
    if (encoding.ids.size() > static_cast<std::size_t>(kMostIds)) std::abort();
    for (const std::int32_t id : encoding.ids) {
      if (id < 0 || id >= tokenizer->vocabulary_size()) std::abort();
    }
  }
}

inline void check_folder(const TokenizerFolder& folder, TokenizerClass tokenizer_class) {
  check([&] { return make_pipeline_tokenizer(folder, tokenizer_class); });
}

}  // namespace sightline::fuzz
