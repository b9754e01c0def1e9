// SPDX-License-Identifier: Apache-2.0
// Vocabularies: the texts of vocab.json, merges.txt, tokenizer_config.json, special_tokens_map.json and
// added_tokens.json with NUL bytes between them, or, where the first is empty or the only one, of
// tokenizer.json in the place of merges.txt. What is accepted reads any text: ids of the vocabulary, the
// start and the end in their places.

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

#include "sightline/base/bytes.h"
#include "sightline/base/error.h"
#include "sightline/text/clip_tokenizer.h"
#include "tokenizer_check.h"

using namespace sightline;

namespace {

std::unique_ptr<CLIPTokenizer> read(std::string_view input) {
  if (input.find('\0') == std::string_view::npos)
    return CLIPTokenizer::from_tokenizer_json(as_bytes(input), TextCleaning::hf);
  std::array<std::string_view, 5> parts;
  for (std::string_view& part : parts) {
    const std::size_t end = std::min(input.find('\0'), input.size());
    part = input.substr(0, end);
    input.remove_prefix(std::min(end + 1, input.size()));
  }
  const TokenizerSettingsTexts settings{parts[2], parts[3], parts[4], ""};
  if (parts[0].empty())
    return CLIPTokenizer::from_tokenizer_json(as_bytes(parts[1]), TextCleaning::hf, settings);
  return CLIPTokenizer::from_vocabulary(as_bytes(parts[0]), as_bytes(parts[1]), TextCleaning::hf, settings);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::unique_ptr<CLIPTokenizer> tokenizer;
  try {
    tokenizer = read({reinterpret_cast<const char*>(data), size});
  } catch (const Error&) {
    return 0;  // refused: as good as accepted
  }
  fuzz::check_encodings(*tokenizer);
  return 0;
}
