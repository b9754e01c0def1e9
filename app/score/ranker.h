// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sightline/base/function_ref.h"
#include "sightline/model/head.h"
#include "sightline/output/ranking_writer.h"

namespace sightline::app {

/// Ranks lists of cosines and reuses its buffers. Use one object per thread.
class Ranker {
 public:
  /// Sets the label, index and truncated flag of the candidate at a position in the list.
  using Describe = FunctionRef<void(std::size_t position, RankedScore& score)>;

  /// `top`: the maximum number of scores to keep; `threshold`: the minimum cosine.
  Ranker(const Head& head, std::optional<std::int64_t> top, std::optional<float> threshold)
      : head_(head), top_(top), threshold_(threshold) {}

  /// Returns the scores that are kept, best first; equal scores keep their order, and NaN comes last.
  /// Probabilities are computed over the whole list. Valid until the next call.
  std::span<const RankedScore> rank(std::span<const float> cosines, Describe describe);

 private:
  void choose(std::span<const float> cosines);

  Head head_;
  std::optional<std::int64_t> top_;
  std::optional<float> threshold_;
  std::vector<double> probabilities_;
  std::vector<std::size_t> order_;
  std::vector<RankedScore> scores_;
};

}  // namespace sightline::app
