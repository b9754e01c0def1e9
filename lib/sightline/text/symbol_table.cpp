// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/symbol_table.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <utility>

namespace sightline {
namespace {

std::uint64_t mix(std::uint64_t value) {
  value *= 0x9E3779B97F4A7C15ULL;
  return value ^ value >> 29;
}

std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = text.size();
  while (text.size() >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data(), 8);
    hash = mix(hash ^ word);
    text.remove_prefix(8);
  }
  std::uint64_t word = 0;
  if (!text.empty()) std::memcpy(&word, text.data(), text.size());
  return mix(mix(hash ^ word));
}

}  // namespace

SymbolTable::SymbolTable(std::vector<std::string_view> symbols)
    : slots_(std::bit_ceil(symbols.size() + symbols.size() / 4 + 2)), symbols_(std::move(symbols)) {}

SymbolTable::Key SymbolTable::key_of(std::string_view symbol) {
  constexpr std::size_t kMaxInlineBytes = 11;
  const auto load = [&](std::size_t begin, std::size_t count) {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < count; ++i) {
      word |= static_cast<std::uint64_t>(static_cast<unsigned char>(symbol[begin + i])) << (8 * i);
    }
    return word;
  };
  const auto length = static_cast<std::uint32_t>(symbol.size());
  if (symbol.size() > kMaxInlineBytes) {
    const std::uint64_t hash = hash_of(symbol);
    return {hash, 0xFF000000U | (length & 0xFFFFFFU)};
  }
  std::uint64_t low = 0;
  if (symbol.size() < 8) {
    low = load(0, symbol.size());
    return {low, length << 24};
  }
  std::memcpy(&low, symbol.data(), 8);
  return {low, length << 24 | static_cast<std::uint32_t>(load(8, symbol.size() - 8))};
}

SymbolTable::Probe SymbolTable::probe(std::string_view symbol) const {
  const Key key = key_of(symbol);
  const std::uint64_t hash = mix(key.low ^ std::rotl(static_cast<std::uint64_t>(key.high), 40));
  const std::size_t slot = (hash ^ hash >> 32) & (slots_.size() - 1);
  __builtin_prefetch(&slots_[slot]);
  return {key, slot};
}

std::size_t SymbolTable::slot_of(std::string_view symbol, const Probe& probe) const {
  const Key& key = probe.key;
  const auto low = static_cast<std::uint32_t>(key.low), middle = static_cast<std::uint32_t>(key.low >> 32);
  std::size_t slot = probe.slot;
  for (; slots_[slot].id >= 0; slot = (slot + 1) & (slots_.size() - 1)) {
    const Slot& candidate = slots_[slot];
    if (candidate.low_bits != low || candidate.middle_bits != middle || candidate.high != key.high) continue;
    if (key.is_inline() || symbols_[static_cast<std::size_t>(candidate.id)] == symbol) break;
  }
  return slot;
}

std::optional<SymbolTable> SymbolTable::of(std::vector<std::string_view> symbols) {
  constexpr std::size_t kBatch = 32;
  SymbolTable table(std::move(symbols));
  std::array<Probe, kBatch> probes{};
  for (std::size_t begin = 0; begin < table.symbols_.size(); begin += kBatch) {
    const std::size_t count = std::min(kBatch, table.symbols_.size() - begin);
    for (std::size_t i = 0; i < count; ++i) probes[i] = table.probe(table.symbols_[begin + i]);
    for (std::size_t i = 0; i < count; ++i) {
      const Key& key = probes[i].key;
      Slot& slot = table.slots_[table.slot_of(table.symbols_[begin + i], probes[i])];
      if (slot.id >= 0) return std::nullopt;
      slot = {static_cast<std::uint32_t>(key.low), static_cast<std::uint32_t>(key.low >> 32), key.high,
              static_cast<std::int32_t>(begin + i)};
    }
  }
  return table;
}

bool SymbolTable::has_id(std::int32_t id, std::string_view symbol) const {
  return id >= 0 && static_cast<std::size_t>(id) < symbols_.size() &&
         symbols_[static_cast<std::size_t>(id)] == symbol;
}

}  // namespace sightline
