// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "sightline/containers/json.h"
#include "sightline/text/tokenizer.h"

namespace sightline {

/// The tokens that every text starts and ends with.
struct TokenTemplate {
  std::vector<std::int32_t> before, after;
  /// `after` is not added to ids that end with its last token already (slow tokenizers of transformers).
  bool end_once = false;

  std::int32_t start_id() const { return before.empty() ? kNoToken : before.front(); }
  std::int32_t end_id() const { return after.empty() ? kNoToken : after.back(); }

  /// Puts the tokens around `ids` and makes them at most `max_length` by removing ids of the text, from the
  /// end or with `from_left` from the start. If not even the tokens fit, the first `max_length` ids are kept,
  /// and the last of them is the end token, if there is one.
  Encoding apply(std::vector<std::int32_t> ids, std::int64_t max_length, bool from_left) const;
};

/// Maximum number of tokens around a text.
inline constexpr std::int64_t kMaxTemplateTokens = 64;

/// The `post_processor` of a `tokenizer.json`; null adds nothing. Supported types: TemplateProcessing (its
/// `single`), BertProcessing, RobertaProcessing, ByteLevel (adds nothing) and Sequence. Errors: unsupported
/// (another type, named, or a template that does not contain the text exactly once), missing, type, range,
/// limit.
TokenTemplate make_token_template(const Json& spec);

}  // namespace sightline
