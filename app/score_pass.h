#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "console.h"
#include "score_run.h"
#include "sightline/base/function_ref.h"

namespace sightline::app {

/// Counts and reports images as they pass by.
class Items {
 public:
  explicit Items(const ScoreRun& run)
      : run_(run), progress_(run.options.console, run.images.size(), "images") {}

  void add(std::int64_t index, const ImageResult& result);
  void clear() { progress_.clear(); }

 private:
  const ScoreRun& run_;
  Progress progress_;
};

using UseScores =
    FunctionRef<void(std::int64_t image, const ImageResult& result, std::span<const float> cosines)>;

/// Calls `use` for every image in order, with its cosines with captions [first, first + count).
void for_each_image(const ScoreRun& run, const ImageSide& images, std::int64_t first, std::int64_t count,
                    UseScores use);

/// Cosines of captions [first, first + count) with every good image.
struct Group {
  std::vector<std::vector<float>> cosines;  ///< [caption][good image]
  std::vector<std::int64_t> images;         ///< the good ones
};

/// Calls `use(first, group)` for groups of captions in order.
void for_each_group(const ScoreRun& run, FunctionRef<void(std::int64_t first, const Group& group)> use);

}  // namespace sightline::app
