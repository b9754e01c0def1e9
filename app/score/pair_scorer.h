// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "batch/image_batches.h"
#include "batch/text_batches.h"
#include "score/pair_source.h"
#include "sightline/base/function_ref.h"
#include "sightline/model/model.h"

namespace sightline::app {

/// The weight w of CLIPScore = w * max(cosine, 0). Source: Hessel et al. 2021, arXiv:2104.08718, section 3.
inline constexpr float kClipScoreWeight = 2.5F;
float clipscore(float cosine);

/// The pairs of a block.
struct PairBlock {
  std::vector<ImageItem> images;
  std::vector<Caption> captions;  ///< one for each image
};

/// The result for one pair.
struct PairResult {
  const ImageResult* image = nullptr;  ///< null if the caption is refused
  float cosine = 0;                    ///< if the image was encoded
  bool truncated = false;              ///< the caption was truncated
  std::int64_t bytes = 0;              ///< read for this pair; 0 if the image was used before
};
using PairSink = FunctionRef<void(std::int64_t index, const PairResult& result)>;

/// Scores pairs block by block. An image file is encoded once for each block, and once for adjacent pairs,
/// also if a block ends between them.
class PairScorer {
 public:
  struct Options {
    std::int64_t batch = 0;  ///< images or texts in a forward pass; 0: chosen for the model
    bool strict = false;     ///< an image with a warning fails
  };

  PairScorer(const Model& model, const Options& options, ThreadPool& pool)
      : model_(model), options_(options), pool_(pool) {}

  /// Takes the contents of the images out of `block`. Passes the result of each pair to `sink` in order, as
  /// soon as its batch of images is encoded, and calls `batch_done` after each batch. Errors: those of
  /// `encode_captions` and `encode_images`.
  void score(PairBlock& block, PairSink sink, FunctionRef<void()> batch_done);

 private:
  /// An image that was encoded, or failed.
  struct Encoded {
    std::string path;
    ImageResult result;
    std::vector<float> row;
  };

  class Block;

  const Model& model_;
  Options options_;
  ThreadPool& pool_;
  std::optional<Encoded> last_;  ///< the image of the last pair that has one
};

}  // namespace sightline::app
