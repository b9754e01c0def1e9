// SPDX-License-Identifier: Apache-2.0
#include "sightline/embeddings/exponential_sums.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace sightline {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace

ExponentialSums::ExponentialSums(float scale, std::int64_t pieces, std::int64_t queries)
    : scale_(scale),
      queries_(queries),
      of_pieces_(static_cast<std::size_t>(pieces * queries), {-kInfinity, 0}) {}

void ExponentialSums::add(std::int64_t piece, std::int64_t query, std::span<const float> cosines) {
  if (cosines.empty()) return;
  double largest = -kInfinity, total = 0;
  for (const float cosine : cosines) largest = std::max(largest, logit(cosine));
  for (const float cosine : cosines) total += std::exp(logit(cosine) - largest);
  Sum& sum = of_pieces_[static_cast<std::size_t>(piece * queries_ + query)];
  const double together = std::max(sum.largest, largest);
  const double before = sum.total == 0 ? 0 : sum.total * std::exp(sum.largest - together);
  sum = {together, before + total * std::exp(largest - together)};
}

void ExponentialSums::finish() {
  const auto step = static_cast<std::size_t>(queries_);
  for (std::size_t query = 0; query < step; ++query) {
    Sum all{-kInfinity, 0};
    for (std::size_t i = query; i < of_pieces_.size(); i += step)
      all.largest = std::max(all.largest, of_pieces_[i].largest);
    for (std::size_t i = query; i < of_pieces_.size(); i += step) {
      const Sum& sum = of_pieces_[i];
      if (sum.total != 0) all.total += sum.total * std::exp(sum.largest - all.largest);
    }
    sums_.push_back(all);
  }
}

float ExponentialSums::probability(std::int64_t query, float cosine) const {
  const Sum& sum = sums_[static_cast<std::size_t>(query)];
  return static_cast<float>(std::exp(logit(cosine) - sum.largest) / sum.total);
}

}  // namespace sightline
