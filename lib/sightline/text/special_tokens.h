// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sightline/text/settings_file.h"

namespace sightline {

/// Which of transformers' two readings of a folder applies.
enum class TokenizerClass {
  clip,     ///< CLIPTokenizer: vocabulary and merges are the files', all else is CLIP's
  generic,  ///< TokenizersBackend (PreTrainedTokenizerFast): all of `tokenizer.json` as it stands
};

/// What the settings beside a vocabulary say about its special and added tokens. Without settings: CLIP's
/// two.
struct SpecialTokens {
  struct Token {
    std::string content;
    bool normalized = false;  ///< looked for in the normalised text, not in the raw one
  };
  /// Those that are found as a whole, in the order in which transformers adds them: one that is in the
  /// vocabulary has its id there, another the next free one; of two with the same content the last counts.
  std::vector<Token> tokens;
  /// Empty: not named.
  std::string start, end, unknown;
  /// `unk_token` is null: there is none.
  bool no_unknown = false;
};

/// The files that name tokens. `tokenizer_json`: the whole document, where there is one.
struct TokenSources {
  const SettingsFile& config;
  const SettingsFile& map;
  const SettingsFile& added;
  std::optional<Json> tokenizer_json = {};
};

/// Source: transformers 5.24, PreTrainedTokenizerBase._from_pretrained, its constructor and that of
/// TokenizersBackend. Errors: header, type (a start or end that is null, too), range, unsupported (a token
/// that counts as a single word only), limit.
SpecialTokens read_special_tokens(const TokenSources& sources, TokenizerClass tokenizer_class);

}  // namespace sightline
