// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace sightline {

/// Whether the number that a parser refused in `text` keeps JSON's grammar and is only too large: every
/// number outside of strings does, and one of them is that large. (A refused "number" may also be a value
/// that begins like nothing known, as in [+1].)
bool holds_only_large_numbers(std::string_view text);

/// Finds keys that stand twice in an object; its memory is kept from object to object.
class DuplicateKeys {
 public:
  using Keys = std::span<const std::string_view>;
  /// The index of a key that stands before it, too. Never more than n log n steps, whatever the keys.
  std::optional<std::size_t> find(Keys keys);

 private:
  std::optional<std::size_t> find_by_hash(Keys keys);

  std::vector<std::uint64_t> hashes_;
  std::vector<std::uint32_t> slots_;  ///< index + 1 of a key, its hash's upper bits above; 0 where free
};

}  // namespace sightline
