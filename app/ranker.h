// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sightline/base/function_ref.h"
#include "sightline/output/ranking_writer.h"

namespace sightline::app {

/// Softmax of the logits `scale` * cosines, computed in double.
void probabilities_of(std::span<const float> cosines, float scale, std::vector<double>& out);

/// Ranks one list of cosines after another, in the same memory. One thread's.
class Ranker {
 public:
  /// Writes what is known of the candidate at a place in the list: label, index, truncated.
  using Describe = FunctionRef<void(std::size_t place, RankedScore& score)>;

  /// `scale`: exp(logit_scale); `top`: how many are kept at most; `threshold`: the least cosine that is kept.
  Ranker(float scale, std::optional<std::int64_t> top, std::optional<float> threshold)
      : scale_(scale), top_(top), threshold_(threshold) {}

  /// The scores that are kept, best first; equal ones keep their order, NaN comes last. Probabilities are
  /// over the whole list. Valid until the next call.
  std::span<const RankedScore> rank(std::span<const float> cosines, Describe describe);

 private:
  void choose(std::span<const float> cosines);

  float scale_;
  std::optional<std::int64_t> top_;
  std::optional<float> threshold_;
  std::vector<double> probabilities_;
  std::vector<std::size_t> order_;
  std::vector<RankedScore> scores_;
};

}  // namespace sightline::app
