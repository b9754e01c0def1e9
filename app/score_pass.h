// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "console.h"
#include "hints.h"
#include "score_run.h"
#include "sightline/base/function_ref.h"

namespace sightline::app {

/// Counts and reports images as they pass by.
class Items {
 public:
  explicit Items(const ScoreRun& run);

  void add(std::int64_t index, const ImageResult& result);
  /// To be called before rows are written: they may go to the terminal that the progress line is on.
  void make_way();
  /// To be called when some rows are complete: the reader of a pipe gets them now.
  void flush_to_reader();

 private:
  const ScoreRun& run_;
  const bool to_terminal_;
  Progress progress_;
  ImageHints hints_;
};

using UseScores =
    FunctionRef<void(std::int64_t image, const ImageResult& result, std::span<const float> cosines)>;

/// Calls `use` for every image in order, with its cosines with queries [first, first + count). `items`, when
/// this is the first time they pass by.
void for_each_image(const ScoreRun& run, const ImageSide& images, std::int64_t first, std::int64_t count,
                    Items* items, UseScores use);

/// Cosines of queries [first, first + count) with every good image.
struct Group {
  std::vector<std::vector<float>> cosines;  ///< [query][good image]
  std::vector<std::int64_t> images;         ///< the good ones
};

/// Calls `use(first, group)` for groups of queries in order.
void for_each_group(const ScoreRun& run, FunctionRef<void(std::int64_t first, const Group& group)> use);

}  // namespace sightline::app
