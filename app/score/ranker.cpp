// SPDX-License-Identifier: Apache-2.0
#include "score/ranker.h"

#include <algorithm>
#include <cmath>

#include "sightline/model/head.h"

namespace sightline::app {

void probabilities_of(std::span<const float> cosines, float scale, std::vector<double>& out) {
  out.resize(cosines.size());
  for (std::size_t i = 0; i < cosines.size(); ++i) out[i] = static_cast<double>(cosines[i] * scale);
  softmax(out, out);
}

std::span<const RankedScore> Ranker::rank(std::span<const float> cosines, Describe describe) {
  probabilities_of(cosines, scale_, probabilities_);
  choose(cosines);
  scores_.clear();
  for (const std::size_t i : order_) {
    const auto probability = static_cast<float>(probabilities_[i]);
    describe(i,
             scores_.emplace_back(RankedScore{{}, 0, cosines[i], cosines[i] * scale_, probability, false}));
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
