// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/bpe.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <queue>
#include <span>

namespace sightline {
namespace {

constexpr std::size_t kShortWord = 16;   // up to this length, scanning for the best pair is faster than a
                                         // heap
constexpr std::size_t kLongWord = 4096;  // up to this length, a heap is faster than lists by rank

/// A pair that can be merged: the lowest rank comes first, and the leftmost of equal ranks.
struct Candidate {
  std::int32_t rank;
  std::uint32_t position;
  bool operator>(const Candidate& other) const {
    return rank != other.rank ? rank > other.rank : position > other.position;
  }
};

/// For words of ordinary length.
class CandidateHeap {
 public:
  void push(Candidate candidate) { heap_.push(candidate); }
  std::optional<Candidate> pop() {
    if (heap_.empty()) return std::nullopt;
    const Candidate top = heap_.top();
    heap_.pop();
    return top;
  }
  /// A position that will be needed soon, for prefetching; `position` if none is known.
  std::uint32_t prefetch_position(std::uint32_t position) const { return position; }

 private:
  std::priority_queue<Candidate, std::vector<Candidate>, std::greater<>> heap_;
};

/// For words of thousands of symbols: the positions of each rank are in one list, into which they are mostly
/// inserted in order, and only ranks are compared. A heap of all positions would be bound by memory latency.
class CandidateLists {
 public:
  explicit CandidateLists(std::size_t ranks) : list_of_rank_(ranks, -1) {}

  void push(Candidate candidate) {
    List& list = list_of(candidate.rank);
    if (!list.queued) {
      list.queued = true;
      ranks_.push(candidate.rank);
    }
    list.sorted = list.sorted && (list.positions.empty() || list.positions.back() < candidate.position);
    list.positions.push_back(candidate.position);
  }

  std::optional<Candidate> pop() {
    while (!ranks_.empty()) {
      const std::int32_t rank = ranks_.top();
      List& list = list_of(rank);
      if (list.at < list.positions.size()) {
        if (!list.sorted) sort_rest(list);
        current_ = list_of_rank_[static_cast<std::size_t>(rank)];
        return Candidate{rank, list.positions[list.at++]};
      }
      list = List();
      ranks_.pop();
    }
    return std::nullopt;
  }

  /// A position needed soon after a pop, as above.
  std::uint32_t prefetch_position(std::uint32_t position) const {
    constexpr std::size_t kAhead = 8;
    const List& list = lists_[static_cast<std::size_t>(current_)];
    return list.at + kAhead < list.positions.size() ? list.positions[list.at + kAhead] : position;
  }

 private:
  struct List {
    std::vector<std::uint32_t> positions;
    std::size_t at = 0;  // entries before this index have been popped
    bool sorted = true, queued = false;
  };

  List& list_of(std::int32_t rank) {
    std::int32_t& index = list_of_rank_[static_cast<std::size_t>(rank)];
    if (index < 0) {
      index = static_cast<std::int32_t>(lists_.size());
      lists_.emplace_back();
    }
    return lists_[static_cast<std::size_t>(index)];
  }
  static void sort_rest(List& list) {
    std::sort(list.positions.begin() + static_cast<std::ptrdiff_t>(list.at), list.positions.end());
    list.sorted = true;
  }

  std::vector<std::int32_t> list_of_rank_;
  std::vector<List> lists_;
  std::int32_t current_ = 0;  // the list of the last pop
  std::priority_queue<std::int32_t, std::vector<std::int32_t>, std::greater<>> ranks_;
};

/// Symbols in a doubly linked list, with the rank of each adjacent pair.
struct Links {
  static constexpr std::uint32_t kNone = UINT32_MAX;
  static constexpr std::int32_t kMerged = -2;  // rank of a node that was merged into its predecessor

  struct Node {
    std::uint32_t next, previous;
    std::int32_t rank;  ///< rank of the pair with the next symbol; candidates with another rank are stale
    std::int32_t symbol;
  };
  std::vector<Node> nodes;

  explicit Links(std::span<const std::int32_t> symbols) : nodes(symbols.size()) {
    const auto count = static_cast<std::uint32_t>(symbols.size());
    for (std::uint32_t i = 0; i < count; ++i) {
      nodes[i] = {i + 1 < count ? i + 1 : kNone, i > 0 ? i - 1 : kNone, -1, symbols[i]};
    }
  }
  /// Removes the node after `i`.
  void drop_next(std::uint32_t i) {
    const std::uint32_t j = nodes[i].next;
    nodes[j].rank = kMerged;
    nodes[i].next = nodes[j].next;
    if (nodes[j].next != kNone) nodes[nodes[j].next].previous = i;
  }
};

}  // namespace

void BytePairMerger::merge(std::vector<std::int32_t>& symbols) const {
  if (symbols.size() <= kShortWord) {
    merge_short(symbols);
  } else if (symbols.size() <= kLongWord) {
    CandidateHeap queue;
    merge_linked(symbols, queue);
  } else {
    CandidateLists queue(index_.merges().size());
    merge_linked(symbols, queue);
  }
}

void BytePairMerger::merge_short(std::vector<std::int32_t>& symbols) const {
  for (;;) {
    std::int32_t best = MergeIndex::kNoRank;
    std::size_t at = 0;
    for (std::size_t i = 0; i + 1 < symbols.size(); ++i) {
      const std::int32_t rank = index_.rank_of(symbols[i], symbols[i + 1]);
      if (rank != MergeIndex::kNoRank && (best == MergeIndex::kNoRank || rank < best)) {
        best = rank;
        at = i;
      }
    }
    if (best == MergeIndex::kNoRank) return;
    symbols[at] = index_.merges()[static_cast<std::size_t>(best)].merged;
    symbols.erase(symbols.begin() + static_cast<std::ptrdiff_t>(at) + 1);
  }
}

template <class Queue>
void BytePairMerger::merge_linked(std::vector<std::int32_t>& symbols, Queue& queue) const {
  Links links(symbols);
  std::vector<Links::Node>& nodes = links.nodes;
  const auto push_pair = [&](std::uint32_t i) {
    Links::Node& node = nodes[i];
    node.rank = node.next == Links::kNone ? MergeIndex::kNoRank
                                          : index_.rank_of(node.symbol, nodes[node.next].symbol);
    if (node.rank != MergeIndex::kNoRank) queue.push({node.rank, i});
  };
  for (std::uint32_t i = 0; i < nodes.size(); ++i) push_pair(i);
  while (const std::optional<Candidate> best = queue.pop()) {
    const std::uint32_t i = best->position;
    __builtin_prefetch(&nodes[queue.prefetch_position(i)]);
    if (nodes[i].rank != best->rank) continue;
    nodes[i].symbol = index_.merges()[static_cast<std::size_t>(best->rank)].merged;
    links.drop_next(i);
    push_pair(i);
    if (nodes[i].previous != Links::kNone) push_pair(nodes[i].previous);
  }
  symbols.clear();
  for (const Links::Node& node : nodes) {
    if (node.rank != Links::kMerged) symbols.push_back(node.symbol);
  }
}

}  // namespace sightline
