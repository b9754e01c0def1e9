// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace sightline {

/// An entry of a decoding table for the Huffman codes of deflate (RFC 1951). It describes what the next bits
/// of the stream are:
///   bit 31      a literal
///   bits 16-30  the literal, the base of a length or distance, or the index of a subtable
///   bits 8-11   bits of the code word, or the number of bits that index the subtable
///   bits 0-7    bits to consume: the code word and the extra bits that follow it
struct DeflateEntry {
  static constexpr std::uint32_t kLiteral = 1U << 31;
  static constexpr std::uint32_t kSpecial = 1U << 15;   ///< a subtable, the end of the block, or no code word
  static constexpr std::uint32_t kSubtable = 1U << 14;  ///< with kSpecial: look up the rest of the code word
  static constexpr std::uint32_t kEnd = 1U << 13;       ///< with kSpecial: the end of the block
};

inline constexpr int kLengthTableBits = 11;
inline constexpr int kDistanceTableBits = 8;

/// The decoding tables of one block. The sizes are sufficient for all complete codes (zlib's enough.c).
struct DeflateTables {
  std::array<std::uint32_t, 2400> lengths;  ///< literals, lengths and the end of the block
  std::array<std::uint32_t, 512> distances;
};

/// Sets `tables` from the bits of each code word: 0, or 1 to 15. Returns false for an incomplete code, except
/// one without distances or with a single one, for an over-subscribed one, and if the block could not end.
bool make_deflate_tables(std::span<const std::uint8_t> length_bits,
                         std::span<const std::uint8_t> distance_bits, DeflateTables& tables);

/// As before, for the codes of the code lengths themselves: 19 symbols of at most 7 bits. The entries hold
/// the symbols as literals.
bool make_precode_table(std::span<const std::uint8_t> bits, std::span<std::uint32_t> table);

}  // namespace sightline
