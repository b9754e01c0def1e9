// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "batch/captions.h"
#include "batch/image_batches.h"
#include "batch/text_batches.h"
#include "cli/console.h"
#include "score/score_sides.h"
#include "sightline/model/model.h"

namespace sightline::app {

/// The queries of a `score` run: captions, then images (`--like`), with a common index.
class QuerySide {
 public:
  /// Errors: those of encode_captions.
  QuerySide(std::vector<Caption> captions, const Model& model, std::int64_t batch, ThreadPool& pool);
  /// Rows of a file above 1 GiB are read on demand. Errors: Failure of Stage::inputs.
  explicit QuerySide(StoredRows rows);
  /// Appends images. With -v, their warnings are shown. Errors: Failure of Stage::inputs for an unusable
  /// image; those of encode_images.
  void add_images(const ImageRun& run, const std::vector<std::string>& paths, const ConsoleOptions& console);

  std::int64_t size() const { return static_cast<std::int64_t>(labels_.size()); }
  /// The caption, or the path of an image.
  std::string_view label(std::int64_t index) const { return labels_[static_cast<std::size_t>(index)]; }
  bool is_image(std::int64_t index) const { return index >= captions_; }
  /// That of an image; empty if none was requested.
  const Thumbnail& thumbnail(std::int64_t index) const {
    return thumbnails_[static_cast<std::size_t>(index - captions_)];
  }
  bool truncated(std::int64_t index) const { return truncated_[static_cast<std::size_t>(index)] != 0; }
  /// A copy of queries [first, first + count), which have `width` numbers. Errors: Failure of Stage::inputs.
  Tensor rows(std::int64_t first, std::int64_t count, std::int64_t width) const;
  /// Writes the cosines of queries [first, first + out.columns()) with images [n, E] to `out` [n, queries].
  void cosines(TensorView<const float> images, std::int64_t first, TensorView<float> out,
               ThreadPool& pool) const;

 private:
  void read(std::int64_t index, std::span<float> row) const;

  std::vector<std::string> labels_;
  std::vector<char> truncated_;
  std::vector<Thumbnail> thumbnails_;  ///< of the images
  std::int64_t captions_ = 0;          ///< the others are images
  std::int64_t in_file_ = 0;           ///< number of leading rows that are read from `stored_`
  Tensor rows_;                        ///< [size - in_file_, E]
  std::optional<StoredRows> stored_;
};

}  // namespace sightline::app
