// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "cli/hints.h"
#include "cli/progress.h"
#include "score/score_run.h"
#include "sightline/base/function_ref.h"

namespace sightline::app {

/// Counts and reports the images of a pass.
class ItemReporter {
 public:
  /// `receives_images`: the images are passed on to `run.shown`, if any.
  explicit ItemReporter(const ScoreRun& run, bool receives_images = true);

  void add(std::int64_t index, const std::string& label, const ImageResult& result);
  /// An image of stored embeddings, whose label is looked up.
  void add(std::int64_t index, const ImageResult& result);
  /// Prints the line of --fail-under for an image.
  void add_low(const std::string& label, float best);
  /// Counts images without warnings, of which no report is written.
  void add_good(std::int64_t count);
  /// Call it before rows are written, because they may go to the terminal that shows the progress line.
  void clear_progress();
  /// Passes complete rows to the reader of a pipe. Call it after each batch.
  void flush_to_reader();
  /// Ends the progress display. Call it after the last image.
  void finish() { progress_.finish(); }

 private:
  const ScoreRun& run_;
  const bool receives_images_;
  const bool to_terminal_;
  Progress progress_;
  ImageHints hints_;
};

/// An image and its cosines with some queries.
struct ScoredImage {
  std::int64_t index;
  const std::string& label;  ///< empty if the pass has no `items`
  const ImageResult& result;
  std::span<const float> cosines;
};
using UseScores = FunctionRef<void(const ScoredImage& image)>;

/// Calls `use` for every image in order, with its cosines with queries [first, first + count). Pass `items`
/// in the first pass only, so that each image is reported once.
void for_each_image(const ScoreRun& run, const ImageSide& images, std::int64_t first, std::int64_t count,
                    ItemReporter* items, UseScores use);

/// Cosines of queries [first, first + count) with every good image.
struct Group {
  std::vector<std::vector<float>> cosines;  ///< [query][good image]
  std::vector<std::int64_t> images;         ///< the indices of the good images
};

/// Calls `use(first, group)` for groups of queries in order.
void for_each_group(const ScoreRun& run, FunctionRef<void(std::int64_t first, const Group& group)> use);

}  // namespace sightline::app
