// SPDX-License-Identifier: Apache-2.0
// vocab.txt of BertTokenizer: it is refused, or any text has ids of its vocabulary.

#include <cstdint>

#include "pipeline_check.h"

using namespace sightline;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  TokenizerFolder folder;
  folder.vocab_txt = {reinterpret_cast<const char*>(data), size};
  fuzz::check_folder(folder, TokenizerClass::bert);
  return 0;
}
