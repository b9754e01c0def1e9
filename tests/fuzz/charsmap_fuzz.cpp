// SPDX-License-Identifier: Apache-2.0
// Character maps: a text, NUL, and the bytes of a map. A map that is accepted makes UTF-8 of UTF-8, under
// SentencePiece's rule and that of Hugging Face.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/text/normalizer.h"

using namespace sightline;

namespace {

void check(const Normalizer& normalizer, std::string_view text) {
  try {
    const std::string result = normalizer.apply(std::string(text));
    if (!is_utf8(result) || result.size() > kMaxNormalizedBytes) std::abort();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::limit) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = std::min(input.find('\0'), input.size());
  const std::string_view text = input.substr(0, end);
  const std::string_view map = input.substr(std::min(end + 1, input.size()));
  if (!is_utf8(text)) return 0;
  try {
    check(*make_precompiled_normalizer(Charsmap(map, "map")), text);
  } catch (const Error&) {
    return 0;  // refused: as good as accepted
  }
  SentencePieceNormalizerSpec spec;
  spec.precompiled_charsmap = map;
  check(*make_sentencepiece_normalizer(spec), text);
  spec.remove_extra_whitespaces = spec.add_dummy_prefix = spec.escape_whitespaces = false;
  spec.user_defined = {"ab", "\xC3\xA9"};
  check(*make_sentencepiece_normalizer(spec), text);
  return 0;
}
