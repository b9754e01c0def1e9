// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace sightline {

/// Maps token strings to ids 0 ... size-1, in an open-addressing table over strings owned elsewhere. Short
/// strings, which are nearly all of them, are stored in the table itself.
class SymbolTable {
 public:
  /// A table in which each of `symbols` has its position as its id, or nullopt if two of them are equal.
  static std::optional<SymbolTable> of(std::vector<std::string_view> symbols);
  std::size_t size() const { return symbols_.size(); }
  const std::vector<std::string_view>& symbols() const { return symbols_; }
  /// The id, or -1.
  std::int32_t find(std::string_view symbol) const { return find(symbol, probe(symbol)); }
  /// Whether `symbol` has the id `id`; cheaper than `find` if the id can be guessed.
  bool has_id(std::int32_t id, std::string_view symbol) const;

  /// Up to 11 bytes and their number; for a longer string, its hash.
  struct Key {
    std::uint64_t low = 0;
    std::uint32_t high = 0;
    bool operator==(const Key&) const = default;
    bool is_inline() const { return high >> 24 != 0xFF; }
  };
  /// The probe of a string. Creating it prefetches the slot for a later `find`.
  struct Probe {
    Key key;
    std::size_t slot;
  };
  Probe probe(std::string_view symbol) const;
  std::int32_t find(std::string_view symbol, const Probe& probe) const {
    return slots_[slot_of(symbol, probe)].id;
  }

 private:
  explicit SymbolTable(std::vector<std::string_view> symbols);
  struct Slot {
    // A part of the key, adjacent to the id, 16 bytes in all.
    std::uint32_t low_bits = 0, middle_bits = 0, high = 0;
    std::int32_t id = -1;
  };
  static Key key_of(std::string_view symbol);
  std::size_t slot_of(std::string_view symbol, const Probe& probe) const;

  std::vector<Slot> slots_;
  std::vector<std::string_view> symbols_;  ///< indexed by id
};

}  // namespace sightline
