// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "batch/first_images.h"
#include "batch/inputs.h"
#include "batch/tar_expander.h"
#include "sightline/base/function_ref.h"
#include "sightline/embeddings/stored_rows.h"
#include "sightline/model/model.h"

namespace sightline::app {

/// The images of a `score` run: files that are encoded one batch after another, or stored embeddings.
class ImageSide {
 public:
  virtual ~ImageSide() = default;
  /// The number of images; of a source whose size is not known, those that have been visited.
  virtual std::int64_t size() const = 0;
  virtual std::optional<std::int64_t> known_size() const { return size(); }
  /// Not available for a source whose size is not known: its blocks have the labels.
  virtual std::string label(std::int64_t index) const = 0;
  /// Lets idle threads of the pool begin with image files, while the caller still prepares something else.
  /// The result is used by the next visit and must be kept until then; null if there is nothing to begin
  /// with.
  virtual std::unique_ptr<FirstImages> begin(const Model& /*model*/, ThreadPool& /*pool*/) { return nullptr; }
  /// Visits all images in order. Errors: those of encode_images; Failure of Stage::inputs.
  virtual void for_each(const Model& model, ThreadPool& pool, ImageSink sink) const = 0;
  /// The stored embeddings; null for images.
  virtual const StoredRows* stored() const { return nullptr; }
  /// Whether another pass over all images is cheap.
  virtual bool is_cheap() const = 0;
};

/// How the images of a run are encoded.
struct EncodingOptions {
  std::int64_t batch = 0;
  bool strict = false;
  ThumbnailOptions thumbnails = {};
};
/// `paths` must remain valid.
std::unique_ptr<ImageSide> make_image_files(const std::vector<std::string>& paths,
                                            const EncodingOptions& encoding);
/// Image files, and the images of tar archives, which are counted here, so that any number of passes is
/// allowed; `on_unsupported` is called meanwhile. `inputs` must remain valid.
std::unique_ptr<ImageSide> make_archived_images(const ImagePaths& inputs, const WalkOptions& walk,
                                                const OnUnsupportedImages& on_unsupported,
                                                const EncodingOptions& encoding);
/// Allows one pass over the images.
std::unique_ptr<ImageSide> make_source_images(std::unique_ptr<ImageSource> source,
                                              const EncodingOptions& encoding);
std::unique_ptr<ImageSide> make_stored_images(StoredRows rows);
/// Makes one pass over `images` and keeps the embeddings in memory, but no thumbnails. `use` receives each
/// image before.
std::unique_ptr<ImageSide> keep_in_memory(
    const ImageSide& images, const Model& model, ThreadPool& pool,
    FunctionRef<void(std::int64_t index, const ImageResult& result)> use);

}  // namespace sightline::app
