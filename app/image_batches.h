// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/base/function_ref.h"
#include "sightline/model/model.h"

namespace sightline::app {

/// What became of one picture.
struct ImageResult {
  std::span<const float> embedding;  ///< [E]; empty when it failed
  std::string error_class;           ///< empty when it is good
  std::string message;               ///< without the path
  std::vector<std::string> warnings;
  std::optional<ErrorCode> error_code = {};  ///< of a picture that this run could not use
};

/// Some images in input order.
struct ImageBlock {
  std::int64_t first;  ///< the number of results[0]
  std::span<const ImageResult>
      results;                   ///< their embeddings are rows of `rows`; empty where the image failed
  TensorView<const float> rows;  ///< [results, E]; zeros where the image failed
};
using ImageSink = FunctionRef<void(const ImageBlock& block)>;

struct ImageRun {
  const Model& clip;
  const std::vector<std::string>& paths;
  int threads = 1;
  std::int64_t batch = 0;  ///< 0: by the model's shape
  bool normalize = true;
  bool strict = false;  ///< a picture with a warning fails
};

/// Reads, decodes and encodes all pictures and hands them to `sink` in input order, a batch at a time. With
/// many pictures each thread does batches of its own and a bounded window puts them in order; with few, all
/// threads work on one batch. Neither changes a bit of the results. A bad picture never takes its batch
/// along. Errors: Failure of Stage::model; Interrupted; what `sink` throws.
void encode_image_files(const ImageRun& run, ImageSink sink);

}  // namespace sightline::app
