#include "sightline/text/bpe.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <utility>

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

// A candidate for the next merge: rank above position, so that the smallest is the next one.
using Candidate = std::uint64_t;

Candidate candidate(std::int32_t rank, std::uint32_t position) {
  return static_cast<std::uint64_t>(static_cast<std::uint32_t>(rank)) << 32 | position;
}

/// A priority queue, smallest first. The pairs of the word as it was, which are most of them, are sorted once
/// and then read in order; only pairs that merging makes go through the heap, which has four children a node.
class Candidates {
 public:
  /// `known` in the order of positions; every rank is below `ranks`.
  Candidates(std::vector<Candidate> known, std::int32_t ranks) : known_(std::move(known)) {
    sort_known(ranks);
  }
  bool empty() const { return at_ == known_.size() && heap_.empty(); }

  void push(Candidate value) {
    std::size_t i = heap_.size();
    heap_.push_back(value);
    for (; i > 0 && value < heap_[(i - 1) / 4]; i = (i - 1) / 4) heap_[i] = heap_[(i - 1) / 4];
    heap_[i] = value;
  }

  Candidate pop() {
    if (heap_.empty() || (at_ < known_.size() && known_[at_] < heap_[0])) return known_[at_++];
    const Candidate top = heap_[0], last = heap_.back();
    heap_.pop_back();
    if (!heap_.empty()) sink(last);
    return top;
  }

 private:
  // Puts `value` where the root was taken from.
  void sink(Candidate value) {
    std::size_t i = 0;
    for (std::size_t child = 1; child < heap_.size(); child = 4 * i + 1) {
      std::size_t least = child;
      const std::size_t end = std::min(child + 4, heap_.size());
      for (std::size_t k = child + 1; k < end; ++k) least = heap_[k] < heap_[least] ? k : least;
      if (value < heap_[least]) break;
      heap_[i] = heap_[least];
      i = least;
    }
    heap_[i] = value;
  }

  // By rank, keeping the order of positions: from the lowest byte of the ranks to the highest.
  void sort_known(std::int32_t ranks) {
    if (known_.size() < 256) {
      std::sort(known_.begin(), known_.end());
      return;
    }
    std::vector<Candidate> other(known_.size());
    for (int shift = 32; shift < 64 && (static_cast<std::uint64_t>(ranks) << 32) >> shift != 0; shift += 8) {
      std::array<std::size_t, 257> begin{};
      for (const Candidate c : known_) ++begin[(c >> shift & 0xFF) + 1];
      for (std::size_t k = 1; k < begin.size(); ++k) begin[k] += begin[k - 1];
      for (const Candidate c : known_) other[begin[c >> shift & 0xFF]++] = c;
      known_.swap(other);
    }
  }

  std::vector<Candidate> known_;
  std::size_t at_ = 0;
  std::vector<Candidate> heap_;
};

/// Symbols in a doubly linked list, and the rank of each pair that they form.
struct Links {
  static constexpr std::uint32_t kNone = UINT32_MAX;
  static constexpr std::int32_t kNoPair = -1, kGone = -2;

  struct Node {
    std::uint32_t next, previous;
    std::int32_t rank;    ///< of the pair with the next symbol; candidates with another rank are stale
    std::int32_t merged;  ///< what that pair becomes
  };
  std::vector<Node> nodes;

  explicit Links(std::uint32_t count) : nodes(count) {
    for (std::uint32_t i = 0; i < count; ++i) {
      nodes[i] = {i + 1 < count ? i + 1 : kNone, i > 0 ? i - 1 : kNone, kNoPair, 0};
    }
  }
  /// Takes the node after `i` out.
  void drop_next(std::uint32_t i) {
    const std::uint32_t j = nodes[i].next;
    nodes[j].rank = kGone;
    nodes[i].next = nodes[j].next;
    if (nodes[j].next != kNone) nodes[nodes[j].next].previous = i;
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
  const auto count = static_cast<std::uint32_t>(symbols.size());
  Links links(count);
  std::vector<Links::Node>& nodes = links.nodes;
  const auto is_pair = [&](std::uint32_t i) {
    const Rule* rule = nodes[i].next == Links::kNone ? nullptr : find(symbols[i], symbols[nodes[i].next]);
    nodes[i].rank = rule == nullptr ? Links::kNoPair : rule->rank;
    if (rule != nullptr) nodes[i].merged = rule->merged;
    return rule != nullptr;
  };
  std::vector<Candidate> known;
  known.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    if (is_pair(i)) known.push_back(candidate(nodes[i].rank, i));
  }
  Candidates queue(std::move(known), next_rank_);
  while (!queue.empty()) {
    const Candidate best = queue.pop();
    const auto i = static_cast<std::uint32_t>(best);
    if (nodes[i].rank != static_cast<std::int32_t>(best >> 32)) continue;
    symbols[i] = nodes[i].merged;
    links.drop_next(i);
    if (is_pair(i)) queue.push(candidate(nodes[i].rank, i));
    const std::uint32_t before = nodes[i].previous;
    if (before != Links::kNone && is_pair(before)) queue.push(candidate(nodes[before].rank, before));
  }
  std::size_t kept = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (nodes[i].rank != Links::kGone) symbols[kept++] = symbols[i];
  }
  symbols.resize(kept);
}

SymbolTable::SymbolTable(std::size_t size) : slots_(capacity_for(size)), symbols_(size) {}

std::size_t SymbolTable::slot_of(std::string_view symbol, std::uint64_t hash) const {
  const auto tag = static_cast<std::uint32_t>(hash >> 32);
  std::size_t slot = hash & (slots_.size() - 1);
  while (slots_[slot].id >= 0 &&
         (slots_[slot].tag != tag || symbols_[static_cast<std::size_t>(slots_[slot].id)] != symbol)) {
    slot = (slot + 1) & (slots_.size() - 1);
  }
  return slot;
}

bool SymbolTable::add(std::string_view symbol, std::int32_t id) {
  const std::uint64_t hash = hash_of(symbol);
  Slot& slot = slots_[slot_of(symbol, hash)];
  if (slot.id >= 0) return false;
  slot = {static_cast<std::uint32_t>(hash >> 32), id};
  symbols_[static_cast<std::size_t>(id)] = symbol;
  return true;
}

std::int32_t SymbolTable::find(std::string_view symbol) const {
  return slots_[slot_of(symbol, hash_of(symbol))].id;
}

bool SymbolTable::stands_for(std::int32_t id, std::string_view symbol) const {
  return id >= 0 && static_cast<std::size_t>(id) < symbols_.size() &&
         symbols_[static_cast<std::size_t>(id)] == symbol;
}

}  // namespace sightline
