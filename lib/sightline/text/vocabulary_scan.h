// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/text/merges.h"

namespace sightline {

/// Tokens indexed by id: views of a text, or nothing but the fact that they are exactly those of
/// `clip_table`.
struct TokenList {
  bool is_clip = false;
  std::vector<std::string_view> tokens;  ///< empty if `is_clip`
  std::shared_ptr<const void> owner;     ///< of strings that are not in the text as they are
};

/// Reads a `vocab.json` in one pass. Returns nullopt unless the text is an ordinary vocabulary: an object of
/// strings with the ids 0 ... n-1, each used once. Strings may be duplicates. Any other text is to be parsed
/// by JsonDocument, which accepts more and explains errors.
std::optional<TokenList> scan_vocabulary(std::string_view vocab_json);

/// The two large members of a `tokenizer.json`, read in one pass, and the rest of the document.
struct ScannedTokenizer {
  TokenList tokens;
  MergeList merges;
  std::string rest;  ///< the document with an empty vocabulary and no merges
};
/// The same for `tokenizer.json`; the rest is not checked. The merges are valid as long as the owner of the
/// tokens.
std::optional<ScannedTokenizer> scan_tokenizer_json(std::string_view tokenizer_json);

}  // namespace sightline
