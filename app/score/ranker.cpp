// SPDX-License-Identifier: Apache-2.0
#include "score/ranker.h"

#include <algorithm>
#include <cmath>

namespace sightline::app {

std::span<const RankedScore> Ranker::rank(std::span<const float> cosines, Describe describe) {
  head_.probabilities(cosines, probabilities_);
  choose(cosines);
  scores_.clear();
  for (const std::size_t i : order_) {
    const auto probability = static_cast<float>(probabilities_[i]);
    describe(
        i, scores_.emplace_back(RankedScore{{}, 0, cosines[i], head_.logit(cosines[i]), probability, false}));
  }
  return scores_;
}

void Ranker::choose(std::span<const float> cosines) {
  order_.clear();
  for (std::size_t i = 0; i < cosines.size(); ++i) {
    if (!threshold_ || cosines[i] >= *threshold_) order_.push_back(i);
  }
  const auto before = [&](std::size_t a, std::size_t b) {
    if (cosines[a] > cosines[b]) return true;
    if (cosines[a] < cosines[b]) return false;
    const bool a_is_nan = std::isnan(cosines[a]), b_is_nan = std::isnan(cosines[b]);
    return a_is_nan == b_is_nan ? a < b : b_is_nan;
  };
  if (top_ && static_cast<std::size_t>(*top_) < order_.size()) {
    const auto end = order_.begin() + static_cast<std::ptrdiff_t>(*top_);
    std::nth_element(order_.begin(), end, order_.end(), before);
    order_.erase(end, order_.end());
  }
  std::sort(order_.begin(), order_.end(), before);
}

}  // namespace sightline::app
