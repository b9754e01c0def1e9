// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace sightline {

/// In place of an id: the tokenizer adds no such token.
inline constexpr std::int32_t kNoToken = -1;

/// The token ids of a text, including the start and end tokens.
struct Encoding {
  std::vector<std::int32_t> ids;
  bool truncated = false;
  std::int64_t padding = 0;  ///< how many of the ids are padding, which few models need
};

/// Converts text to token ids. const = safe to share between threads.
class Tokenizer {
 public:
  virtual ~Tokenizer() = default;

  /// Returns at most `max_length` ids, and no more than the tokenizer's own `max_length()`; a longer text is
  /// truncated but keeps its start and end tokens. Errors: utf8 (with the byte position), limit (a text above
  /// 1 MiB), missing (a byte without a token, if the settings name no unknown token).
  virtual Encoding encode(std::string_view utf8, std::int64_t max_length) const = 0;
  virtual std::int64_t vocabulary_size() const = 0;
  /// The first and the last token of every text; kNoToken if the tokenizer adds none.
  virtual std::int32_t start_id() const = 0;
  virtual std::int32_t end_id() const = 0;
  /// The token that fills a short text up to the length of a batch or of the model; kNoToken if the settings
  /// name none.
  virtual std::int32_t pad_id() const { return end_id(); }
  /// Whether these tokens come before the text instead of after it.
  virtual bool pads_left() const { return false; }
  /// The maximum number of ids of a text according to the tokenizer's settings, including start and end.
  virtual std::int64_t max_length() const = 0;
};

}  // namespace sightline
