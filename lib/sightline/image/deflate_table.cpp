// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/deflate_table.h"

#include <algorithm>

namespace sightline {

namespace {

constexpr int kMaxBits = 15;
constexpr std::size_t kEndSymbol = 256;

/// The entries of the symbols, without the bits of their code words.
using Symbols = std::array<std::uint32_t, 288>;

constexpr Symbols length_symbols() {
  constexpr std::array<int, 29> kBase = {3,  4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23, 27,
                                         31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
  Symbols symbols{};
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    if (i < kEndSymbol) {
      symbols[i] = DeflateEntry::kLiteral | static_cast<std::uint32_t>(i << 16);
    } else if (i == kEndSymbol) {
      symbols[i] = DeflateEntry::kSpecial | DeflateEntry::kEnd;
    } else if (i - 257 < kBase.size()) {
      const std::size_t k = i - 257;
      const std::size_t extra = k < 8 || k == 28 ? 0 : k / 4 - 1;
      symbols[i] = static_cast<std::uint32_t>(kBase[k]) << 16 | static_cast<std::uint32_t>(extra);
    } else {
      symbols[i] = DeflateEntry::kSpecial;
    }
  }
  return symbols;
}

constexpr Symbols distance_symbols() {
  Symbols symbols{};
  std::uint32_t base = 1;
  for (std::uint32_t i = 0; i < symbols.size(); ++i) {
    const std::uint32_t extra = i < 4 ? 0 : i / 2 - 1;
    symbols[i] = i < 30 ? base << 16 | extra : DeflateEntry::kSpecial;
    base += i < 30 ? 1U << extra : 0;
  }
  return symbols;
}

constexpr Symbols literal_symbols() {
  Symbols symbols{};
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    symbols[i] = DeflateEntry::kLiteral | static_cast<std::uint32_t>(i << 16);
  }
  return symbols;
}

constexpr Symbols kLengthSymbols = length_symbols();
constexpr Symbols kDistanceSymbols = distance_symbols();
constexpr Symbols kLiteralSymbols = literal_symbols();

/// A set of code words, sorted as deflate numbers them: by size, then by symbol.
class Code {
 public:
  explicit Code(std::span<const std::uint8_t> bits) {
    for (const std::uint8_t size : bits) {
      ++count_[size];
    }
    words_ = bits.size() - count_[0];
    count_[0] = 0;
    std::array<std::size_t, kMaxBits + 2> next{};
    for (std::size_t size = 1; size <= kMaxBits; ++size) {
      next[size + 1] = next[size] + count_[size];
    }
    for (std::size_t i = 0; i < bits.size(); ++i) {
      if (bits[i] != 0) {
        sorted_[next[bits[i]]++] = static_cast<std::uint16_t>(i);
      }
    }
  }

  bool is_complete() const {
    std::ptrdiff_t free = 1;  // code words of the current size that are not taken
    for (std::size_t size = 1; size <= kMaxBits && free >= 0; ++size) {
      free = 2 * free - static_cast<std::ptrdiff_t>(count_[size]);
    }
    return free == 0;
  }
  bool is_empty() const { return words_ == 0; }
  bool is_single_bit() const { return words_ == 1 && count_[1] == 1; }

  /// The code must be complete. Returns false if it does not fit into `table`, which does not happen.
  bool fill(const Symbols& symbols, int table_bits, std::span<std::uint32_t> table) const;
  void fill_single_bit(const Symbols& symbols, int table_bits, std::span<std::uint32_t> table) const;

 private:
  /// Number of index bits of the subtable that starts with a code word of `size` bits, of which `left`
  /// remain.
  std::size_t subtable_bits(std::size_t size, std::size_t left, std::size_t table_bits) const;

  std::array<std::size_t, kMaxBits + 1> count_{};  // code words of each size
  std::size_t words_ = 0;
  std::array<std::uint16_t, 288> sorted_{};
};

/// The entry of a symbol whose code word has `size` bits.
std::uint32_t entry_of(std::uint32_t symbol, std::size_t size) {
  return symbol + static_cast<std::uint32_t>(size << 8 | size);
}

/// The next code word of `size` bits. Deflate stores code words from their highest bit on, so here they are
/// reversed. `word` must not be the last one (all ones).
std::size_t next_word(std::size_t word, std::size_t size) {
  std::size_t bit = std::size_t{1} << (size - 1);
  while ((word & bit) != 0) {
    word ^= bit;
    bit >>= 1;
  }
  return word | bit;
}

std::size_t Code::subtable_bits(std::size_t size, std::size_t left, std::size_t table_bits) const {
  std::size_t bits = size - table_bits;
  std::size_t used = left;
  while (used < std::size_t{1} << bits && size < kMaxBits) {
    ++bits;
    used = (used << 1) + count_[++size];
  }
  return bits;
}

bool Code::fill(const Symbols& symbols, int table_bits, std::span<std::uint32_t> table) const {
  const auto main_bits = static_cast<std::size_t>(table_bits);
  std::size_t word = 0;
  std::size_t at = 0;      // of sorted_
  std::size_t filled = 1;  // entries of the main table; each size of code words doubles them
  for (std::size_t size = 1; size <= main_bits; ++size) {
    std::copy_n(table.begin(), size == 1 ? 0 : filled, table.begin() + static_cast<std::ptrdiff_t>(filled));
    filled = std::size_t{1} << size;
    for (std::size_t left = count_[size]; left > 0; --left, ++at) {
      table[word] = entry_of(symbols[sorted_[at]], size);
      if (word + 1 == filled) {  // all ones: the last code word
        for (; filled < std::size_t{1} << main_bits; filled *= 2) {
          std::copy_n(table.begin(), filled, table.begin() + static_cast<std::ptrdiff_t>(filled));
        }
        return true;
      }
      word = next_word(word, size);
    }
  }
  const std::size_t mask = filled - 1;
  std::size_t prefix = filled;  // none
  std::size_t start = 0;
  std::size_t bits = 0;
  std::size_t end = filled;
  for (std::size_t size = main_bits + 1; size <= kMaxBits; ++size) {
    for (std::size_t left = count_[size]; left > 0; --left, ++at) {
      if ((word & mask) != prefix) {
        prefix = word & mask;
        start = end;
        bits = subtable_bits(size, left, main_bits);
        end += std::size_t{1} << bits;
        if (end > table.size()) {
          return false;
        }
        table[prefix] = DeflateEntry::kSpecial | DeflateEntry::kSubtable |
                        static_cast<std::uint32_t>(start << 16 | bits << 8 | main_bits);
      }
      const std::size_t rest = size - main_bits;
      const std::uint32_t entry = entry_of(symbols[sorted_[at]], rest);
      for (std::size_t i = start + (word >> main_bits); i < end; i += std::size_t{1} << rest) {
        table[i] = entry;
      }
      if (word + 1 == std::size_t{1} << size) {
        return true;
      }
      word = next_word(word, size);
    }
  }
  return true;
}

void Code::fill_single_bit(const Symbols& symbols, int table_bits, std::span<std::uint32_t> table) const {
  for (std::size_t i = 0; i < std::size_t{1} << table_bits; i += 2) {
    table[i] = entry_of(symbols[sorted_[0]], 1);
    table[i + 1] = DeflateEntry::kSpecial;
  }
}

}  // namespace

bool make_deflate_tables(std::span<const std::uint8_t> length_bits,
                         std::span<const std::uint8_t> distance_bits, DeflateTables& tables) {
  const Code lengths(length_bits);
  const Code distances(distance_bits);
  if (length_bits[kEndSymbol] == 0 || !lengths.is_complete() ||
      !lengths.fill(kLengthSymbols, kLengthTableBits, tables.lengths)) {
    return false;
  }
  if (distances.is_empty()) {
    std::fill_n(tables.distances.begin(), 1 << kDistanceTableBits, DeflateEntry::kSpecial);
    return true;
  }
  if (distances.is_single_bit()) {
    distances.fill_single_bit(kDistanceSymbols, kDistanceTableBits, tables.distances);
    return true;
  }
  return distances.is_complete() && distances.fill(kDistanceSymbols, kDistanceTableBits, tables.distances);
}

bool make_precode_table(std::span<const std::uint8_t> bits, std::span<std::uint32_t> table) {
  const Code code(bits);
  return code.is_complete() && code.fill(kLiteralSymbols, 7, table);
}

}  // namespace sightline
