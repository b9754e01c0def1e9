// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace sightline {

/// Whether the number that the parser rejected in `text` is valid JSON and merely too large: every number
/// outside of strings is valid, and one of them is too large. (The parser also reports a malformed value as a
/// bad number, as in [+1].)
bool holds_only_large_numbers(std::string_view text);

/// Finds duplicate keys of an object. Its memory is reused from object to object.
class DuplicateKeys {
 public:
  using Keys = std::span<const std::string_view>;
  /// Returns the index of a key that equals an earlier one. Takes at most n log n steps, whatever the keys.
  std::optional<std::size_t> find(Keys keys);

 private:
  std::optional<std::size_t> find_by_hash(Keys keys);

  std::vector<std::uint64_t> hashes_;
  std::vector<std::uint32_t> slots_;  ///< index + 1 of a key, with the upper bits of its hash above; 0 if
                                      ///< free
};

}  // namespace sightline
