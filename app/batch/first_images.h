// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "batch/image_batches.h"
#include "sightline/base/parallel.h"
#include "sightline/tensor/tensor.h"

namespace sightline::app {

/// Reads (unless the source has done so) and decodes an image into `pixels`. An image whose content is that
/// of a stored one is not decoded: `result.stored`. Errors go into `result`, which does not name the path.
/// Errors: Failure of Stage::streams for stdin.
void load_pixels(const ImageRun& run, const ImageItem& item, std::span<float> pixels, ImageResult& result);

/// The outcome of an image that failed; its message does not name the path.
Outcome outcome_about(const Error& error, const std::string& path);

/// Uses the row of an earlier run for an image. Errors: Failure of Stage::inputs.
void use_stored(const ImageRun& run, const StoredInput& stored, ImageResult& result);

/// The images of the first forward pass of a run, read and decoded by idle threads while the calling thread
/// still prepares something else. Only regular files are read ahead: others may keep a thread waiting.
class FirstImages {
 public:
  /// `paths` and everything that `run` refers to must outlive this object.
  FirstImages(const ImageRun& run, std::span<const std::string> paths);
  FirstImages(const FirstImages&) = delete;
  FirstImages& operator=(const FirstImages&) = delete;

  /// The pixels of all images, [images, values]; those of image i are there after `finish(i)`.
  TensorView<float> pixels() { return pixels_.view(); }
  /// Waits for an image, or loads it, and moves its result out. Call it once for each image, from any thread.
  /// Errors: as `load_pixels`.
  void finish(std::int64_t index, ImageResult& result);
  /// Frees the memory.
  void release();

 private:
  ImageRun run_;
  std::span<const std::string> paths_;
  Tensor pixels_;
  std::vector<ImageResult> results_;
  std::vector<std::unique_ptr<Ahead>> works_;  // null: not read ahead
};

}  // namespace sightline::app
