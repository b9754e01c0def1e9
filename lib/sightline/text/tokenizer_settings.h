// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "sightline/text/special_tokens.h"

namespace sightline {

/// The contents of the files beside a vocabulary; "" = missing.
struct TokenizerSettingsTexts {
  std::string_view config;              ///< tokenizer_config.json
  std::string_view special_tokens_map;  ///< special_tokens_map.json
  std::string_view added_tokens;        ///< added_tokens.json
  /// `tokenizer_class` of the model's own config.json, used if the tokenizer's config has none.
  std::string_view model_class;
};

/// The properties of a tokenizer besides the vocabulary.
struct TokenizerSettings {
  TokenizerClass tokenizer_class = TokenizerClass::clip;
  SpecialTokens special;
  /// Maximum number of ids of a text, including start and end.
  std::int64_t max_length = std::numeric_limits<std::int64_t>::max();
  bool truncate_left = false;  ///< a text that is too long loses its beginning instead of its end
};

/// `tokenizer_json`: the whole document, if the vocabulary comes from one. Errors: those of
/// `read_special_tokens`; unsupported for an unsupported tokenizer class or setting, with its name; type,
/// range (of a length).
TokenizerSettings read_tokenizer_settings(const TokenizerSettingsTexts& texts,
                                          const std::optional<Json>& tokenizer_json = std::nullopt);

}  // namespace sightline
