// SPDX-License-Identifier: Apache-2.0
// tokenizer.json of any kind, as every class of tokenizer reads it: it is refused, or any text has ids of the
// vocabulary. The first byte chooses the class.

#include <cstdint>

#include "pipeline_check.h"

using namespace sightline;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  constexpr TokenizerClass kClasses[] = {TokenizerClass::generic, TokenizerClass::bert,
                                         TokenizerClass::t5,      TokenizerClass::xlm_roberta,
                                         TokenizerClass::gemma,   TokenizerClass::siglip2};
  TokenizerFolder folder;
  folder.tokenizer_json = {reinterpret_cast<const char*>(data) + 1, size - 1};
  fuzz::check_folder(folder, kClasses[data[0] % std::size(kClasses)]);
  return 0;
}
