// SPDX-License-Identifier: Apache-2.0
// Token tables as they lie in packed models: one that is accepted encodes any text to ids of its vocabulary,
// with the start and the end in their places, and is written again as the same bytes unless it has names.

#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/text/clip_tokenizer.h"
#include "sightline/text/token_table.h"

using namespace sightline;

namespace {

constexpr std::int64_t kMostIds = 16;
constexpr std::array<std::string_view, 5> kTexts = {
    "", "a", "ab abc!", "a<|endoftext|>b<s>  \xC3\xA9\xF0\x9F\x90\x88",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa bb cc dd 0 1 2 ' 's"};

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::byte> table(size);  // aligned, as in a packed model
  if (size > 0) std::memcpy(table.data(), data, size);
  std::unique_ptr<CLIPTokenizer> tokenizer;
  bool has_names = false;
  try {
    tokenizer = CLIPTokenizer::from_table(table, nullptr, "tokens");
    has_names = view_token_table(table, "tokens").names.size() > 0;
  } catch (const Error&) {
    return 0;  // refused: as good as accepted
  }
  if (!has_names) require(tokenizer->table() == table);
  for (const std::string_view text : kTexts) {
    Encoding encoding;
    try {
      encoding = tokenizer->encode(text, kMostIds);
    } catch (const Error& error) {
      require(error.code() == ErrorCode::missing);  // a byte without a token, and no unknown token
      continue;
    }
    require(encoding.ids.size() >= 2 && encoding.ids.size() <= static_cast<std::size_t>(kMostIds));
    require(encoding.ids.front() == tokenizer->start_id() && encoding.ids.back() == tokenizer->end_id());
    for (const std::int32_t id : encoding.ids) require(id >= 0 && id < tokenizer->vocabulary_size());
  }
  return 0;
}
