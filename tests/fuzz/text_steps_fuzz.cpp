// SPDX-License-Identifier: Apache-2.0
// Steps of tokenizers: a text, NUL, and the JSON of a normaliser or a pre-tokeniser. What is accepted makes
// UTF-8 of UTF-8, and no empty piece.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/text/normalizer.h"
#include "sightline/text/pre_tokenizer.h"

using namespace sightline;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

/// Runs `action`, which may be refused.
template <class Action>
void attempt(const Action& action) {
  try {
    action();
  } catch (const Error&) {
    // refused: as good as accepted
  }
}

void check_pieces(const PreTokenizer& step, std::string_view text) {
  std::vector<Piece> pieces = {{std::string(text), true}};
  step.split(pieces);
  bool first = true;
  for (const Piece& piece : pieces) {
    require(is_utf8(piece.text) && (first || !piece.at_start));
    require(!piece.text.empty() || text.empty());
    first = false;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = std::min(input.find('\0'), input.size());
  const std::string_view text = input.substr(0, end);
  if (!is_utf8(text)) return 0;
  attempt([&] {
    const JsonDocument document(input.substr(std::min(end + 1, input.size())), "fuzz");
    attempt([&] { require(is_utf8(make_normalizer(document.root())->apply(std::string(text)))); });
    attempt([&] { check_pieces(*make_pre_tokenizer(document.root()), text); });
  });
  return 0;
}
