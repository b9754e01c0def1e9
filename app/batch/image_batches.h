// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "batch/image_source.h"
#include "sightline/base/function_ref.h"
#include "sightline/base/outcome.h"
#include "sightline/base/parallel.h"
#include "sightline/model/model.h"

namespace sightline::app {

/// The result for one image.
struct ImageResult {
  std::span<const float> embedding;  ///< [E]; empty if the image failed
  Outcome outcome = {};
  ImageSize size = {};                 ///< of the pixels that were encoded
  std::int64_t bytes = 0;              ///< read for the image
  std::optional<InputFile> file = {};  ///< if `ImageRun::describe_files`, and it is a file or a member
  /// That of its file, or of the archive that it is in; nothing for stdin, and for a file that was changed
  /// while it was read.
  std::optional<FileStamp> stamp = {};
  std::optional<StoredInput> stored = {};  ///< its row is that of an earlier run
  Thumbnail thumbnail = {};                ///< if requested, and the image is good
  Outcome unshown = {};                    ///< why an image of stored embeddings cannot be shown
};

/// Some images in input order.
struct ImageBlock {
  std::int64_t first;                   ///< the number of results[0]
  std::span<const std::string> labels;  ///< of the results; empty for stored embeddings
  std::span<const ImageResult>
      results;                   ///< their embeddings are rows of `rows`; empty where the image failed
  TensorView<const float> rows;  ///< [results, E]; zeros where the image failed
  ThreadPool& pool;              ///< for work on the block
};
using ImageSink = FunctionRef<void(const ImageBlock& block)>;

class FirstImages;

struct ImageRun {
  const Model& model;
  ThreadPool& pool;
  std::int64_t batch = 0;  ///< images in a forward pass; 0: chosen for the model
  bool normalize = true;
  bool strict = false;                   ///< an image with a warning fails
  FirstImages* first = nullptr;          ///< those of this run that were begun ahead, if any
  bool describe_files = false;           ///< the size, time and hash of the files are needed
  const StoredInputs* stored = nullptr;  ///< rows that can be used again, if any; then also `describe_files`
  ThumbnailOptions thumbnails = {};
};

/// Reads, decodes and encodes the images of `source` and passes them to `sink` in input order, one batch at a
/// time; a batch is one forward pass (`PassPlan`), or fewer images if the source makes them wait
/// (`BatchQueue`). Each thread processes batches of its own, which a bounded window puts in order; a thread
/// for which none is left helps the others. The results are bit-identical for any number of threads. A bad
/// image does not affect the rest of its batch. Errors: Failure of Stage::model; Interrupted; those of
/// `sink`; those of `source`, after the images before have been passed on.
void encode_images(const ImageRun& run, ImageSource& source, ImageSink sink);

}  // namespace sightline::app
