// SPDX-License-Identifier: Apache-2.0
#include "sightline/embeddings/candidates.h"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace sightline {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

/// `ranks_before` as an object, which algorithms compile into their loops.
constexpr auto kRanksBefore = [](const Candidate& a, const Candidate& b) { return ranks_before(a, b); };

/// Empties both.
std::vector<Candidate> merge_two(std::vector<Candidate>& a, std::vector<Candidate>& b) {
  std::vector<Candidate> all;
  all.reserve(a.size() + b.size());
  std::ranges::merge(a, b, std::back_inserter(all), kRanksBefore);
  std::vector<Candidate>().swap(a);
  std::vector<Candidate>().swap(b);
  return all;
}

}  // namespace

bool ranks_before(const Candidate& a, const Candidate& b) {
  if (a.cosine > b.cosine) return true;
  if (a.cosine < b.cosine) return false;
  const bool a_is_nan = std::isnan(a.cosine), b_is_nan = std::isnan(b.cosine);
  return a_is_nan == b_is_nan ? a.image < b.image : b_is_nan;
}

float better_cosine(float a, float b) { return std::isnan(a) || b > a ? b : a; }

void Candidates::add(const Candidate& candidate, const SearchLimits& limits) {
  best_ = better_cosine(best_, candidate.cosine);
  if (limits.threshold && !(candidate.cosine >= *limits.threshold)) return;
  if (!limits.top) {
    kept_.push_back(candidate);
  } else if (std::ssize(kept_) < *limits.top) {
    kept_.push_back(candidate);
    std::ranges::push_heap(kept_, kRanksBefore);
  } else if (ranks_before(candidate, kept_.front())) {
    std::ranges::pop_heap(kept_, kRanksBefore);
    kept_.back() = candidate;
    std::ranges::push_heap(kept_, kRanksBefore);
  }
}

float Candidates::least(const SearchLimits& limits) const {
  float least = -kInfinity;
  if (limits.top && std::ssize(kept_) >= *limits.top) least = kept_.front().cosine;
  if (limits.threshold && !(least >= *limits.threshold)) least = *limits.threshold;
  if (limits.best && !(least <= best_)) least = std::isnan(best_) ? -kInfinity : best_;
  return least;
}

void Candidates::sort() { std::ranges::sort(kept_, kRanksBefore); }

std::vector<Candidate> Candidates::merge(const std::vector<Candidates*>& parts, const SearchLimits& limits) {
  std::vector<std::vector<Candidate>> lists;
  lists.reserve(parts.size());
  for (Candidates* part : parts) lists.push_back(std::move(part->kept_));
  while (lists.size() > 1) {  // neighbours are merged, so that each candidate is moved log2(parts) times
    std::size_t merged = 0;
    for (std::size_t i = 0; i < lists.size(); i += 2) {
      const bool alone = i + 1 == lists.size();
      lists[merged++] = alone ? std::move(lists[i]) : merge_two(lists[i], lists[i + 1]);
    }
    lists.resize(merged);
  }
  std::vector<Candidate> best = std::move(lists.front());
  if (limits.top && std::ssize(best) > *limits.top) best.resize(static_cast<std::size_t>(*limits.top));
  return best;
}

}  // namespace sightline
