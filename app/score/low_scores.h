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

/// A cosine from the command line: its value and its text as given.
struct CosineLimit {
  float value = 0;
  std::string text;
};

/// Returns nullopt if `text` is not a number in [-1, 1].
std::optional<CosineLimit> parse_cosine(const std::string& text);

/// Implements `--fail-under`: records the images or queries whose best cosine is below a limit. `--top` and
/// `--threshold` do not affect the best cosine.
class LowScores {
 public:
  struct Entry {
    std::int64_t index;
    float best;
  };

  /// If `by_query`, considers the best cosine of each query over all images, else of each image over all
  /// queries. Without a limit there are no entries. If not `keep`, images are only counted, and the caller
  /// prints their lines.
  LowScores(std::optional<CosineLimit> limit, bool by_query, bool keep = true)
      : limit_(std::move(limit)), by_query_(by_query), keep_(keep) {}

  /// Adds the cosines of a good image with queries [first, first + cosines.size()); all queries unless
  /// `by_query`. Returns its best cosine if that is below the limit and is not kept.
  std::optional<float> add(std::int64_t image, std::int64_t first, std::span<const float> cosines);
  /// The entries below the limit, in input order.
  std::vector<Entry> entries() const;
  /// Prints one line per entry on stderr and returns whether any image or query was below the limit.
  /// `subject` returns the name of an entry.
  bool report(FunctionRef<std::string(std::int64_t index)> subject) const;

 private:
  bool is_low(float best) const { return !(best >= limit_->value); }

  std::optional<CosineLimit> limit_;
  bool by_query_, keep_;
  bool any_ = false;           ///< an image that was not kept is below the limit
  std::vector<float> best_;    ///< best cosine of each query
  std::vector<Entry> images_;  ///< those below the limit
};

/// "cat.png: best cosine 0.2310 is below 0.25": with 4 decimals, or more if needed to show a number below the
/// limit.
std::string low_score_line(std::string_view subject, float best, const CosineLimit& limit);

}  // namespace sightline::app
