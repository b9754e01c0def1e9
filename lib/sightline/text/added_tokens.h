// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/base/function_ref.h"
#include "sightline/text/piece_index.h"

namespace sightline {

/// How a token is found that is matched as a whole before the text is split.
struct AddedTokenRule {
  std::string content;  ///< what is searched for
  std::int32_t id = 0;
  bool single_word = false;  ///< not next to a word character
  bool lstrip = false;       ///< takes the white space before it
  bool rstrip = false;       ///< takes the white space after it
};

/// Finds added tokens, leftmost first and the longest of those: with one search per position of the text,
/// however many tokens there are. Source: tokenizers 0.23.3, tokenizer/added_vocabulary.rs. const = safe to
/// share.
class AddedTokens {
 public:
  AddedTokens() = default;
  /// Of rules with the same content, the first counts. `subject` is for messages. Errors: limit; header (an
  /// empty content).
  AddedTokens(const std::vector<AddedTokenRule>& rules, std::string_view subject);

  bool empty() const { return rules_.empty(); }
  /// Calls `on_text` with each part between tokens that is not empty, and `on_token` with the id of each
  /// token, in order. As in the reference, the white space that a token takes may contain another token,
  /// which then counts as well.
  void split(std::string_view text, FunctionRef<void(std::string_view)> on_text,
             FunctionRef<void(std::int32_t)> on_token) const;

 private:
  struct Match {
    std::size_t size = 0;  ///< 0: no token
    std::size_t rule = 0;
  };
  static Match longest_match(const PieceIndex& contents, std::string_view text);

  std::vector<AddedTokenRule> rules_;  ///< by the id of their content in `contents_`
  PieceTable contents_;
};

}  // namespace sightline
