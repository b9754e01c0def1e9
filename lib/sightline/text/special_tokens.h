// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sightline/text/settings_file.h"

namespace sightline {

/// Which tokenizer class of transformers applies to the folder.
enum class TokenizerClass {
  clip,     ///< CLIPTokenizer: vocabulary and merges from the files, everything else is CLIP's
  generic,  ///< TokenizersBackend (PreTrainedTokenizerFast): `tokenizer.json` is used in full
};

/// Special and added tokens according to the settings. Without settings: CLIP's two.
struct SpecialTokens {
  struct Token {
    std::string content;
    bool normalized = false;  ///< searched for in the normalised text, not in the raw text
  };
  /// Tokens that are matched as a whole, in the order in which transformers adds them: a token in the
  /// vocabulary has its id there, any other the next free id; of two with the same content the last counts.
  std::vector<Token> tokens;
  /// Empty if not specified.
  std::string start, end, unknown;
  /// `unk_token` is null, so there is none.
  bool has_no_unknown = false;
};

/// The files that specify tokens. `tokenizer_json`: the whole document, if there is one.
struct TokenSources {
  const SettingsFile& config;
  const SettingsFile& map;
  const SettingsFile& added;
  std::optional<Json> tokenizer_json = {};
};

/// Source: transformers 5.24, PreTrainedTokenizerBase._from_pretrained, its constructor and that of
/// TokenizersBackend. Errors: header, type (including a start or end token that is null), range, unsupported
/// (a token with `single_word`), limit.
SpecialTokens read_special_tokens(const TokenSources& sources, TokenizerClass tokenizer_class);

}  // namespace sightline
