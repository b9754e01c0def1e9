#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "captions.h"
#include "score_sides.h"
#include "sightline/model/clip.h"
#include "text_batches.h"

namespace sightline::app {

/// The captions of a `score` run.
class QuerySide {
 public:
  /// Errors: those of encode_captions.
  QuerySide(std::vector<Caption> captions, const CLIP& clip, std::int64_t batch, ThreadPool& pool);
  /// Rows of a file above 1 GiB stay in it. Errors: Failure of Stage::inputs.
  explicit QuerySide(StoredRows rows);

  std::int64_t size() const { return static_cast<std::int64_t>(labels_.size()); }
  std::string_view label(std::int64_t index) const { return labels_[static_cast<std::size_t>(index)]; }
  bool truncated(std::int64_t index) const { return truncated_[static_cast<std::size_t>(index)] != 0; }
  /// Cosines of captions [first, first + out.columns()) with images [n, E] into `out` [n, captions].
  void cosines(TensorView<const float> images, std::int64_t first, TensorView<float> out,
               ThreadPool& pool) const;

 private:
  std::vector<std::string> labels_;
  std::vector<char> truncated_;
  Tensor rows_;  ///< [captions, E]; empty when they stay in the file
  std::optional<StoredRows> stored_;
};

}  // namespace sightline::app
