// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/deflate_block.h"

#include <algorithm>
#include <array>
#include <bit>
#include <span>

#include "sightline/base/by_cpu.h"

namespace sightline {

namespace {

static_assert(std::endian::native == std::endian::little);

template <class T>
void store(std::uint8_t* to, T value) {
  std::memcpy(to, &value, sizeof(T));
}

struct Block16 {
  std::uint8_t bytes[16];
};

/// Copies `length` bytes from `distance` bytes before `out`; what follows them is overwritten, too.
[[gnu::always_inline]] inline void copy_match(std::uint8_t* out, std::size_t distance, std::size_t length) {
  const std::uint8_t* from = out - distance;
  std::uint8_t* const end = out + length;
  if (distance >= 16) {
    do {
      store(out, load_word<Block16>(from));
      out += 16;
      from += 16;
    } while (out < end);
  } else if (distance >= 8) {
    do {
      store(out, load_word<std::uint64_t>(from));
      out += 8;
      from += 8;
    } while (out < end);
  } else {
    // Repeats the bytes within a word, so that nothing is loaded that was just stored.
    const unsigned bits = static_cast<unsigned>(8 * distance);
    std::uint64_t word = low_bits(load_word<std::uint64_t>(from), bits);
    for (unsigned filled = bits; filled < 64; filled *= 2) {
      word |= word << filled;
    }
    const std::size_t step = 8 - 8 % distance;
    do {
      store(out, word);
      out += step;
    } while (out < end);
  }
}

/// An iteration reads at most 42 bits before it refills for the distance (two literals of the main table, a
/// code word of 15 bits and 5 extra bits) and 28 bits after that. It writes at most two literals and a match.
[[gnu::always_inline]] inline DeflateStop decode_block(DeflateCursor& cursor, const DeflateTables& tables) {
  constexpr std::uint64_t kLengthMask = (1U << kLengthTableBits) - 1;
  constexpr std::uint64_t kDistanceMask = (1U << kDistanceTableBits) - 1;
  const std::uint32_t* const lengths = tables.lengths.data();
  const std::uint32_t* const distances = tables.distances.data();
  const std::uint8_t* in = cursor.in;
  const std::uint8_t* const in_limit = cursor.in_limit;
  std::uint8_t* out = cursor.out;
  std::uint8_t* const out_limit = cursor.out_limit;
  const std::uint8_t* const history = cursor.history;
  const std::size_t window = cursor.window;
  std::uint64_t bits = cursor.bits;
  std::uint32_t count = cursor.count;
  const auto refill = [&] {
    bits |= load_word<std::uint64_t>(in) << (count & 63);
    in += 7 - (count >> 3 & 7);
    count |= 56;
  };
  const auto consume = [&](std::uint32_t entry) {
    bits >>= entry & 63;
    count -= entry & 63;
  };
  /// The base of a length or distance and its extra bits, from the bits before its code word.
  const auto value_of = [](std::uint64_t saved, std::uint32_t entry) {
    return (entry >> 16) + (low_bits(saved, entry & 63) >> (entry >> 8 & 15));
  };
  const auto leave = [&](DeflateStop reason) {
    cursor.in = in;
    cursor.out = out;
    cursor.bits = bits;
    cursor.count = count & 63;
    return reason;
  };
  if (in > in_limit || out > out_limit) {
    return in > in_limit ? DeflateStop::input : DeflateStop::output;
  }
  refill();
  // The entry of the next symbol is looked up as early as its bits are there, before the next refill.
  std::uint32_t entry = lengths[bits & kLengthMask];
  do {
    std::uint64_t saved = bits;
    consume(entry);
    if ((entry & DeflateEntry::kLiteral) != 0) {
      *out++ = static_cast<std::uint8_t>(entry >> 16);
      entry = lengths[bits & kLengthMask];
      saved = bits;
      consume(entry);
      if ((entry & DeflateEntry::kLiteral) != 0) {
        *out++ = static_cast<std::uint8_t>(entry >> 16);
        entry = lengths[bits & kLengthMask];
        saved = bits;
        consume(entry);
        if ((entry & DeflateEntry::kLiteral) != 0) {
          *out++ = static_cast<std::uint8_t>(entry >> 16);
          entry = lengths[bits & kLengthMask];
          refill();
          continue;
        }
      }
    }
    if ((entry & DeflateEntry::kSpecial) != 0) {
      if ((entry & DeflateEntry::kSubtable) != 0) {
        entry = lengths[(entry >> 16) + low_bits(bits, entry >> 8 & 15)];
        saved = bits;
        consume(entry);
        if ((entry & DeflateEntry::kLiteral) != 0) {
          *out++ = static_cast<std::uint8_t>(entry >> 16);
          refill();
          entry = lengths[bits & kLengthMask];
          continue;
        }
      }
      if ((entry & DeflateEntry::kSpecial) != 0) {
        return leave((entry & DeflateEntry::kEnd) != 0 ? DeflateStop::block_end : DeflateStop::damage);
      }
    }
    const std::size_t length = value_of(saved, entry);
    refill();
    entry = distances[bits & kDistanceMask];
    saved = bits;
    consume(entry);
    if ((entry & DeflateEntry::kSpecial) != 0) {
      if ((entry & DeflateEntry::kSubtable) == 0) {
        return leave(DeflateStop::damage);
      }
      entry = distances[(entry >> 16) + low_bits(bits, entry >> 8 & 15)];
      saved = bits;
      consume(entry);
      if ((entry & DeflateEntry::kSpecial) != 0) {
        return leave(DeflateStop::damage);
      }
    }
    const std::size_t distance = value_of(saved, entry);
    if (distance > static_cast<std::size_t>(out - history) || distance > window) {
      return leave(DeflateStop::damage);
    }
    entry = lengths[bits & kLengthMask];
    refill();
    copy_match(out, distance, length);
    out += length;
  } while (in <= in_limit && out <= out_limit);
  return leave(in > in_limit ? DeflateStop::input : DeflateStop::output);
}

}  // namespace

bool set_fixed_codes(DeflateTables& tables) {
  std::array<std::uint8_t, 288> lengths;
  std::fill(lengths.begin(), lengths.begin() + 144, std::uint8_t{8});
  std::fill(lengths.begin() + 144, lengths.begin() + 256, std::uint8_t{9});
  std::fill(lengths.begin() + 256, lengths.begin() + 280, std::uint8_t{7});
  std::fill(lengths.begin() + 280, lengths.end(), std::uint8_t{8});
  std::array<std::uint8_t, 32> distances;
  distances.fill(5);
  return make_deflate_tables(lengths, distances, tables);
}

bool read_dynamic_codes(DeflateCursor& cursor, DeflateTables& tables) {
  constexpr std::array<std::uint8_t, 19> kOrder = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                   11, 4,  12, 3, 13, 2, 14, 1, 15};
  const std::size_t lengths = cursor.read_bits(5) + 257;
  const std::size_t distances = cursor.read_bits(5) + 1;
  const std::size_t precodes = cursor.read_bits(4) + 4;
  if (lengths > 286 || distances > 30) {
    return false;
  }
  std::array<std::uint8_t, 19> precode_bits{};
  for (std::size_t i = 0; i < precodes; ++i) {
    precode_bits[kOrder[i]] = static_cast<std::uint8_t>(cursor.read_bits(3));
  }
  std::array<std::uint32_t, 128> precode;
  if (!make_precode_table(precode_bits, precode)) {
    return false;
  }
  std::array<std::uint8_t, 286 + 30> bits;
  const std::size_t total = lengths + distances;
  for (std::size_t i = 0; i < total;) {
    cursor.refill();
    const std::uint32_t entry = precode[cursor.bits & 127];
    cursor.consume(entry & 63);
    const std::uint32_t symbol = entry >> 16 & 0x1f;
    if (symbol < 16) {
      bits[i++] = static_cast<std::uint8_t>(symbol);
      continue;
    }
    if (symbol == 16 && i == 0) {
      return false;
    }
    const std::uint8_t value = symbol == 16 ? bits[i - 1] : std::uint8_t{0};
    const std::size_t repeat = symbol == 16   ? 3 + cursor.read_bits(2)
                               : symbol == 17 ? 3 + cursor.read_bits(3)
                                              : 11 + cursor.read_bits(7);
    if (repeat > total - i) {
      return false;
    }
    std::fill_n(bits.begin() + static_cast<std::ptrdiff_t>(i), repeat, value);
    i += repeat;
  }
  const std::span<const std::uint8_t> all(bits);
  return make_deflate_tables(all.first(lengths), all.subspan(lengths, distances), tables);
}

DeflateStop decode_deflate_block(DeflateCursor& cursor, const DeflateTables& tables) {
  return ByCpu<decode_block, CpuFeature::avx2>::call(cursor, tables);
}

}  // namespace sightline
