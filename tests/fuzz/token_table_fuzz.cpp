// SPDX-License-Identifier: Apache-2.0
// Token tables as they lie in packed models: one that is accepted encodes any text to ids of its vocabulary,
// with the start and the end in their places, and is written again as the same bytes unless it has names.

#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/text/clip_tokenizer.h"
#include "sightline/text/token_table.h"
#include "tokenizer_check.h"

using namespace sightline;

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
  if (!has_names) fuzz::require(tokenizer->table() == table);
  fuzz::check_encodings(*tokenizer);
  return 0;
}
