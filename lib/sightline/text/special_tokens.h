#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sightline {

/// What the settings beside a vocabulary say about its special and added tokens. Without settings: CLIP's
/// two.
struct SpecialTokens {
  struct Token {
    std::string content;
    bool normalized = false;  ///< looked for in the normalised text, not in the raw one
  };
  /// Those that are found as a whole, in the order in which transformers adds them: one that stands in the
  /// vocabulary has its id there, another the next free one; of two with the same content the last counts.
  std::vector<Token> tokens;
  /// Empty: not named.
  std::string start, end, unknown;
};

/// From the texts of `tokenizer_config.json`, `special_tokens_map.json` and `added_tokens.json`, each empty
/// when there is none. Source: transformers 5.23, PreTrainedTokenizerBase._from_pretrained and
/// TokenizersBackend.__init__.
/// Errors: header, type, range, unsupported (a token that counts as a single word only).
SpecialTokens read_special_tokens(std::string_view tokenizer_config, std::string_view special_tokens_map,
                                  std::string_view added_tokens);

}  // namespace sightline
