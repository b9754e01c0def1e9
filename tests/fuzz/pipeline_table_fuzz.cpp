// SPDX-License-Identifier: Apache-2.0
// Tables of tokenizers as they lie in packed models: one that is accepted gives any text ids of its
// vocabulary.

#include <cstdint>
#include <cstring>
#include <vector>

#include "pipeline_check.h"

using namespace sightline;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::byte> table(size);  // aligned, as in a packed model
  if (size > 0) std::memcpy(table.data(), data, size);
  fuzz::check([&] { return pipeline_tokenizer_from_table(table, nullptr, "tokens"); });
  return 0;
}
