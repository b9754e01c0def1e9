#include "sightline/text/bpe.h"

#include <bit>
#include <cstring>
#include <queue>

namespace sightline {
namespace {

constexpr std::size_t kShortWord = 16;  // up to here a scan for the best pair beats a heap

std::uint64_t pair_of(std::int32_t left, std::int32_t right) {
  return static_cast<std::uint64_t>(static_cast<std::uint32_t>(left)) << 32 |
         static_cast<std::uint32_t>(right);
}

std::uint64_t mixed(std::uint64_t value) {
  value *= 0x9E3779B97F4A7C15ULL;
  return value ^ value >> 29;
}

std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = text.size();
  while (text.size() >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data(), 8);
    hash = mixed(hash ^ word);
    text.remove_prefix(8);
  }
  std::uint64_t word = 0;
  if (!text.empty()) std::memcpy(&word, text.data(), text.size());
  return mixed(mixed(hash ^ word));
}

std::size_t capacity_for(std::size_t size) { return std::bit_ceil(size * 2 + 2); }

struct Candidate {
  std::int32_t rank;
  std::uint32_t position;
  std::int32_t left, right;  // as they were when this was found; stale candidates are passed over

  bool operator>(const Candidate& other) const {
    return rank != other.rank ? rank > other.rank : position > other.position;
  }
};

}  // namespace

BytePairMerger::BytePairMerger(std::size_t merges) : slots_(capacity_for(merges), Rule{0, -1, 0}) {}
BytePairMerger::~BytePairMerger() = default;

bool BytePairMerger::add(std::int32_t left, std::int32_t right, std::int32_t merged) {
  const std::uint64_t pair = pair_of(left, right);
  std::size_t slot = mixed(pair) & (slots_.size() - 1);
  while (slots_[slot].rank >= 0) {
    if (slots_[slot].pair == pair) return false;
    slot = (slot + 1) & (slots_.size() - 1);
  }
  slots_[slot] = {pair, next_rank_++, merged};
  return true;
}

const BytePairMerger::Rule* BytePairMerger::find(std::int32_t left, std::int32_t right) const {
  if (left < 0 || right < 0) return nullptr;
  const std::uint64_t pair = pair_of(left, right);
  std::size_t slot = mixed(pair) & (slots_.size() - 1);
  while (slots_[slot].rank >= 0) {
    if (slots_[slot].pair == pair) return &slots_[slot];
    slot = (slot + 1) & (slots_.size() - 1);
  }
  return nullptr;
}

void BytePairMerger::merge(std::vector<std::int32_t>& symbols) const {
  if (symbols.size() <= kShortWord) {
    merge_short(symbols);
  } else {
    merge_long(symbols);
  }
}

void BytePairMerger::merge_short(std::vector<std::int32_t>& symbols) const {
  for (;;) {
    const Rule* best = nullptr;
    std::size_t at = 0;
    for (std::size_t i = 0; i + 1 < symbols.size(); ++i) {
      const Rule* rule = find(symbols[i], symbols[i + 1]);
      if (rule != nullptr && (best == nullptr || rule->rank < best->rank)) {
        best = rule;
        at = i;
      }
    }
    if (best == nullptr) return;
    symbols[at] = best->merged;
    symbols.erase(symbols.begin() + static_cast<std::ptrdiff_t>(at) + 1);
  }
}

void BytePairMerger::merge_long(std::vector<std::int32_t>& symbols) const {
  constexpr std::uint32_t kNone = UINT32_MAX;
  const auto count = static_cast<std::uint32_t>(symbols.size());
  std::vector<std::uint32_t> next(count), previous(count);
  std::vector<bool> gone(count);
  std::vector<Candidate> storage;
  storage.reserve(count);
  std::priority_queue<Candidate, std::vector<Candidate>, std::greater<>> queue({}, std::move(storage));
  const auto offer = [&](std::uint32_t i) {
    if (i == kNone || next[i] == kNone) return;
    const Rule* rule = find(symbols[i], symbols[next[i]]);
    if (rule != nullptr) queue.push({rule->rank, i, symbols[i], symbols[next[i]]});
  };
  for (std::uint32_t i = 0; i < count; ++i) {
    next[i] = i + 1 < count ? i + 1 : kNone;
    previous[i] = i > 0 ? i - 1 : kNone;
  }
  for (std::uint32_t i = 0; i < count; ++i) offer(i);
  while (!queue.empty()) {
    const Candidate best = queue.top();
    queue.pop();
    const std::uint32_t i = best.position, j = next[i];
    if (gone[i] || j == kNone || symbols[i] != best.left || symbols[j] != best.right) continue;
    symbols[i] = find(best.left, best.right)->merged;
    gone[j] = true;
    next[i] = next[j];
    if (next[j] != kNone) previous[next[j]] = i;
    offer(previous[i]);
    offer(i);
  }
  std::size_t kept = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (!gone[i]) symbols[kept++] = symbols[i];
  }
  symbols.resize(kept);
}

SymbolTable::SymbolTable(std::size_t size) : slots_(capacity_for(size)) {}

std::size_t SymbolTable::slot_of(std::string_view symbol) const {
  std::size_t slot = hash_of(symbol) & (slots_.size() - 1);
  while (slots_[slot].id >= 0 && slots_[slot].symbol != symbol) slot = (slot + 1) & (slots_.size() - 1);
  return slot;
}

bool SymbolTable::add(std::string_view symbol, std::int32_t id) {
  Slot& slot = slots_[slot_of(symbol)];
  if (slot.id >= 0) return false;
  slot = {symbol, id};
  return true;
}

std::int32_t SymbolTable::find(std::string_view symbol) const { return slots_[slot_of(symbol)].id; }

}  // namespace sightline
