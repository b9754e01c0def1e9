// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/base/function_ref.h"

namespace sightline::app {

/// A cosine of the command line: its value, and its text as it was given.
struct CosineLimit {
  float value = 0;
  std::string text;
};

/// Nothing when `text` is no number in [-1, 1].
std::optional<CosineLimit> parse_cosine(const std::string& text);

/// `--fail-under`: remembers the images, or the queries, whose best cosine is below a limit. Neither `--top`
/// nor `--threshold` changes what the best one is.
class LowScores {
 public:
  struct Entry {
    std::int64_t index;
    float best;
  };

  /// `by_query`: the best of each query over all images, else of each image over all queries. Without a limit
  /// there are no entries.
  LowScores(std::optional<CosineLimit> limit, bool by_query)
      : limit_(std::move(limit)), by_query_(by_query) {}

  /// Cosines of a good image with queries [first, first + cosines.size()); all queries unless `by_query`.
  void add(std::int64_t image, std::int64_t first, std::span<const float> cosines);
  /// Those below the limit, in input order.
  std::vector<Entry> entries() const;
  /// A line an entry on stderr, and whether there was one. `subject`: what it is called there.
  bool report(FunctionRef<std::string(std::int64_t index)> subject) const;

 private:
  bool is_low(float best) const { return !(best >= limit_->value); }

  std::optional<CosineLimit> limit_;
  bool by_query_;
  std::vector<float> best_;    ///< of each query
  std::vector<Entry> images_;  ///< those below the limit
};

/// "cat.png: best 0.2310 is below 0.25": 4 decimals, or as many as it takes to show a number below the limit.
std::string low_score_line(std::string_view subject, float best, const CosineLimit& limit);

}  // namespace sightline::app
