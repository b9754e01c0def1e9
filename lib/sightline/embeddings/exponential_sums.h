// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace sightline {

/// The sums of exp(scale * cosine) of some queries, for probabilities over all images. Images are added in
/// pieces, by any thread, and pieces are summed in order, so the bits do not depend on the threads.
class ExponentialSums {
 public:
  ExponentialSums(float scale, std::int64_t pieces, std::int64_t queries);

  /// Adds images of a piece. Thread-safe for different pieces.
  void add(std::int64_t piece, std::int64_t query, std::span<const float> cosines);
  /// Call it after the last `add` and before `probability`.
  void finish();
  /// The share of a cosine in the sum of the query.
  float probability(std::int64_t query, float cosine) const;

 private:
  /// total * exp(largest)
  struct Sum {
    double largest, total;
  };
  double logit(float cosine) const { return static_cast<double>(cosine * scale_); }

  float scale_;
  std::int64_t queries_;
  std::vector<Sum> of_pieces_;  ///< [pieces, queries]
  std::vector<Sum> sums_;       ///< [queries]
};

}  // namespace sightline
