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
  /// `model_type` of the same file.
  std::string_view model_type = {};
};

/// The properties of a tokenizer besides the vocabulary.
struct TokenizerSettings {
  TokenizerClass tokenizer_class = TokenizerClass::clip;
  SpecialTokens special;
  /// Maximum number of ids of a text, including start and end.
  std::int64_t max_length = std::numeric_limits<std::int64_t>::max();
  bool truncate_left = false;  ///< a text that is too long loses its beginning instead of its end
  bool pad_left = false;       ///< a text that is too short is filled at its beginning instead of its end
};

/// `tokenizer_json`: the whole document, if the vocabulary comes from one. Errors: those of
/// `read_special_tokens`; unsupported for an unsupported tokenizer class or setting, with its name; type,
/// range (of a length).
TokenizerSettings read_tokenizer_settings(const TokenizerSettingsTexts& texts,
                                          const std::optional<Json>& tokenizer_json = std::nullopt);

/// The class that AutoTokenizer of transformers 5.24 chooses: that of the settings, or of the model type if
/// they name none. Siglip2Tokenizer reads any folder of the type "siglip2", and a class that transformers
/// does not have becomes `generic`. Errors: those of SettingsFile; unsupported for any other class, with its
/// name.
TokenizerClass choose_tokenizer_class(const TokenizerSettingsTexts& texts);

/// The settings of a tokenizer of a class that is known. Errors: as above.
TokenizerSettings read_pipeline_settings(const TokenizerSettingsTexts& texts, TokenizerClass tokenizer_class,
                                         const std::optional<Json>& tokenizer_json = std::nullopt);

}  // namespace sightline
