// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/text/settings_file.h"
#include "sightline/text/tokenizer_class.h"

namespace sightline {

/// Special and added tokens according to the settings. Without settings: CLIP's two.
struct SpecialTokens {
  struct Token {
    std::string content;
    bool normalized = false;  ///< searched for in the normalised text, not in the raw text
    bool single_word = false, lstrip = false, rstrip = false;  ///< as in added_tokens.h
    bool special = false;
    /// The id that the settings state, or -1. Only tokenizers in Python (SiglipTokenizer) give it to the
    /// token.
    std::int64_t id = -1;
  };
  /// Tokens that are matched as a whole, in the order in which transformers adds them: a token in the
  /// vocabulary has its id there, any other the next free id; of two with the same content the last counts.
  std::vector<Token> tokens;
  /// Empty if not specified. For a class other than `clip` and `generic`, its defaults apply.
  std::string start, end, unknown, separator, padding, classification;
  /// The settings have a list of further special tokens, though it may be empty: it replaces the sentinels of
  /// T5Tokenizer and the pieces of a SentencePiece model.
  bool has_list = false;
  /// `unk_token` is null, so there is none.
  bool has_no_unknown = false;
};

/// The number of T5Tokenizer's sentinels, "<extra_id_0>" and so on. Errors: type, range.
std::int64_t read_extra_ids(const SettingsFile& config);

/// The files that specify tokens. `tokenizer_json`: the whole document, if there is one.
struct TokenSources {
  const SettingsFile& config;
  const SettingsFile& map;
  const SettingsFile& added;
  std::optional<Json> tokenizer_json = {};
  /// The tokens are for PipelineTokenizer, which finds tokens of any number and with `single_word`.
  bool for_pipeline = false;
};

/// Source: transformers 5.24, PreTrainedTokenizerBase._from_pretrained, its constructor and that of
/// TokenizersBackend. Errors: header, type (including a start or end token that is null), range, unsupported
/// (a token with `single_word`, unless `for_pipeline`), limit.
SpecialTokens read_special_tokens(const TokenSources& sources, TokenizerClass tokenizer_class);

}  // namespace sightline
