// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "sightline/image/deflate_table.h"

namespace sightline {

/// A number of the stream, which is little-endian and not aligned.
template <class T>
T load_word(const std::uint8_t* from) {
  T value;
  std::memcpy(&value, from, sizeof(T));
  return value;
}

/// The lowest `count` bits, at most 63.
constexpr std::uint64_t low_bits(std::uint64_t bits, unsigned count) {
  return bits & ((std::uint64_t{1} << count) - 1);
}

/// `decode_deflate_block` may write this many bytes after `out_limit`.
inline constexpr std::size_t kDeflateOutSlack = 258 + 64;
/// It may read this many bytes after `in_limit`.
inline constexpr std::size_t kDeflateInSlack = 24;

/// Positions in a deflate stream and in the buffer of its output.
struct DeflateCursor {
  const std::uint8_t* in = nullptr;
  const std::uint8_t* in_limit = nullptr;
  std::uint64_t bits = 0;   ///< the next bits of the stream, from the lowest on
  std::uint32_t count = 0;  ///< how many of them count as read from `in`
  std::uint8_t* out = nullptr;
  std::uint8_t* out_limit = nullptr;
  const std::uint8_t* history = nullptr;  ///< the first byte that a distance may reach
  std::size_t window = 0;                 ///< the longest distance

  /// Fills `bits` up to at least 56 bits; reads 8 bytes at `in`.
  void refill() {
    bits |= load_word<std::uint64_t>(in) << count;
    in += 7 - (count >> 3);
    count |= 56;
  }
  void consume(std::uint32_t size) {
    bits >>= size;
    count -= size;
  }
  /// The next `size` bits, at most 32.
  std::uint32_t read_bits(unsigned size) {
    refill();
    const auto value = static_cast<std::uint32_t>(low_bits(bits, size));
    consume(size);
    return value;
  }
  /// Skips the rest of a byte and empties `bits`.
  void align() {
    in -= count / 8;
    bits = 0;
    count = 0;
  }
};

/// Sets the codes of a block of type 1.
bool set_fixed_codes(DeflateTables& tables);
/// Reads the codes at the start of a block of type 2, at most 600 bytes. Returns false if they are invalid.
bool read_dynamic_codes(DeflateCursor& cursor, DeflateTables& tables);

/// Why decoding stopped: one of the limits, the end of the block, or a code word that does not exist, or a
/// distance that reaches too far.
enum class DeflateStop { input, output, block_end, damage };

/// Decodes symbols until `in` or `out` is beyond its limit.
DeflateStop decode_deflate_block(DeflateCursor& cursor, const DeflateTables& tables);

}  // namespace sightline
