// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace sightline {

/// One text as token ids, start and end included.
struct Encoding {
  std::vector<std::int32_t> ids;
  bool truncated = false;
};

/// Turns text into ids. const = safe to share between threads.
class Tokenizer {
 public:
  virtual ~Tokenizer() = default;

  /// At most `max_length` ids, and no more than the tokenizer's own `max_length()`; a longer text is cut, and
  /// its start and end stay. Errors: utf8 (with the byte's position), limit (a text above 1 MiB), missing (a
  /// byte that has no token where the settings name none for it).
  virtual Encoding encode(std::string_view utf8, std::int64_t max_length) const = 0;
  virtual std::int64_t vocabulary_size() const = 0;
  virtual std::int32_t start_id() const = 0;
  virtual std::int32_t end_id() const = 0;
  /// The most ids of a text by the tokenizer's own settings, start and end included.
  virtual std::int64_t max_length() const = 0;
};

}  // namespace sightline
