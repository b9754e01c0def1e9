// SPDX-License-Identifier: Apache-2.0
// SentencePiece models, as each class of tokenizer reads them: a model is refused, or any text has ids of its
// vocabulary.

#include <cstdint>

#include "pipeline_check.h"

using namespace sightline;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  TokenizerFolder folder;
  folder.sentencepiece = {reinterpret_cast<const std::byte*>(data), size};
  for (const TokenizerClass tokenizer_class :
       {TokenizerClass::siglip, TokenizerClass::t5, TokenizerClass::xlm_roberta}) {
    fuzz::check_folder(folder, tokenizer_class);
  }
  return 0;
}
