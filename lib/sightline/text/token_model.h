// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace sightline {

/// The step of a tokenizer that turns the pieces of a pre-tokenised text into ids. const = safe to share.
class TokenModel {
 public:
  virtual ~TokenModel() = default;

  /// Appends the ids of a piece, which is valid UTF-8. Takes O(n log n) steps for n bytes, times at most the
  /// length of the longest token. Errors: missing (a character without a token, if the model has no unknown
  /// token).
  virtual void append_ids(std::string_view piece, std::vector<std::int32_t>& ids) const = 0;
  /// The id of a token of the vocabulary, whether or not it can be matched in a text.
  virtual std::optional<std::int32_t> id_of(std::string_view token) const = 0;
  /// The number of tokens; ids are less.
  virtual std::int64_t size() const = 0;
};

}  // namespace sightline
