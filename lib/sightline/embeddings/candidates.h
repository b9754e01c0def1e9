// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

namespace sightline {

/// A stored image and its cosine with a query.
struct Candidate {
  std::int64_t image;
  float cosine;
};

/// The order of rankings: best first; equal cosines in input order; NaN last.
bool ranks_before(const Candidate& a, const Candidate& b);

/// What a search keeps for each query.
struct SearchLimits {
  std::optional<std::int64_t> top;     ///< the best images
  std::optional<float> threshold;      ///< images with a cosine of at least this
  bool best = false;                   ///< also the best cosine, whatever the threshold
  std::optional<float> logit_scale{};  ///< also the sum of all exp(logit_scale * cosine), for probabilities
};

/// The candidates of one query that one thread has found, in any order of calls.
class Candidates {
 public:
  void add(const Candidate& candidate, const SearchLimits& limits);
  /// A candidate whose cosine is below it changes nothing; -infinity if every candidate may.
  float least(const SearchLimits& limits) const;
  /// The best cosine of all that were added, ignoring NaN; NaN if there is none.
  float best() const { return best_; }
  /// Puts what is kept in the order of rankings. No candidate may be added afterwards.
  void sort();

  /// Combines sorted parts of one query, which it empties.
  static std::vector<Candidate> merge(const std::vector<Candidates*>& parts, const SearchLimits& limits);

 private:
  std::vector<Candidate> kept_;  ///< with `top`, a heap with the worst in front
  float best_ = kNone;
  static constexpr float kNone = std::numeric_limits<float>::quiet_NaN();
};

/// The better of two cosines; NaN is worse than any other.
float better_cosine(float a, float b);

}  // namespace sightline
