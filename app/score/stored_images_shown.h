// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "score/score_sides.h"

namespace sightline::app {

/// Reads the images of stored embeddings again, to show them.
class StoredImageReader {
 public:
  /// All references must remain valid.
  StoredImageReader(const Model& model, const StoredRows& rows, ThumbnailOptions thumbnails);

  /// Makes the thumbnail of the row with this label, or sets `unshown`. A row without a name, a text and a
  /// member of an archive just have no thumbnail. Safe to call from several threads.
  void read(const std::string& label, ImageResult& result) const;
  /// Prints why an image cannot be shown.
  static void report(const std::string& label, const ImageResult& result);

 private:
  const Model& model_;
  const StoredRows& rows_;
  ThumbnailOptions thumbnails_;
};

/// The images of stored embeddings, each with its thumbnail. Images that cannot be read again are reported.
std::unique_ptr<ImageSide> with_thumbnails(std::unique_ptr<ImageSide> stored, ThumbnailOptions thumbnails);

}  // namespace sightline::app
