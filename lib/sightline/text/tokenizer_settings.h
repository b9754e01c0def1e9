// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "sightline/text/special_tokens.h"

namespace sightline {

/// The texts of the files beside a vocabulary; "" = not there.
struct TokenizerSettingsTexts {
  std::string_view config;              ///< tokenizer_config.json
  std::string_view special_tokens_map;  ///< special_tokens_map.json
  std::string_view added_tokens;        ///< added_tokens.json
  /// `tokenizer_class` of the model's own config.json, which counts where the tokenizer's config names none.
  std::string_view model_class;
};

/// What the settings of a tokenizer decide besides the vocabulary.
struct TokenizerSettings {
  TokenizerClass tokenizer_class = TokenizerClass::clip;
  SpecialTokens special;
  std::int64_t max_length =
      std::numeric_limits<std::int64_t>::max();  ///< of a text in ids, start and end included
  bool cut_at_start = false;                     ///< a text that is too long loses its beginning, not its end
};

/// `tokenizer_json`: the whole document, where the vocabulary comes from one. Errors: those of
/// `read_special_tokens`; unsupported for a tokenizer class or a key that asks for something else, with its
/// name; type, range (of a length).
TokenizerSettings read_tokenizer_settings(const TokenizerSettingsTexts& texts,
                                          const std::optional<Json>& tokenizer_json = std::nullopt);

}  // namespace sightline
