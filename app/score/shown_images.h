// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "batch/image_batches.h"
#include "score/image_links.h"
#include "score/query_side.h"
#include "score/score_sides.h"
#include "sightline/output/report_images.h"

namespace sightline::app {

/// The images of a report or of previews: it receives each image of the run and gives what is shown of it.
class ShownImages : public ReportImages {
 public:
  /// A skipped image of a run that ranks images.
  struct Skipped {
    std::int64_t index;
    std::string label;
    Outcome outcome;
  };

  ShownImages(const QuerySide& queries, ImageLinks links) : queries_(queries), links_(std::move(links)) {}

  /// Receives an image of the run, once, in order.
  virtual void take(std::int64_t index, const std::string& label, const ImageResult& result) = 0;
  ReportImage query(std::int64_t index, std::string_view label) override;

  /// The skipped images, if images are ranked; they are in no ranking.
  const std::vector<Skipped>& skipped() const { return skipped_; }
  /// The number of stored images that could not be read again.
  virtual std::int64_t unreadable() const { return unreadable_; }

 protected:
  /// What is shown of an image with this thumbnail; `outcome`: why it has none.
  ReportImage shown(const std::string& label, const Thumbnail& thumbnail, const Outcome& outcome = {});
  void add_skipped(std::int64_t index, const std::string& label, const ImageResult& result);
  std::int64_t unreadable_ = 0;

 private:
  const QuerySide& queries_;
  ImageLinks links_;
  std::string link_;
  std::vector<Skipped> skipped_;
};

/// What the images of a run are needed for.
struct ShownImagesRun {
  const ImageSide& images;
  const QuerySide& queries;
  const Model& model;
  ThreadPool& pool;
  ThumbnailOptions thumbnails;
  std::string output;  ///< the report
  bool by_caption;     ///< images are ranked, so they are needed after all have been received
};
/// Thumbnails of images that are ranked are kept in a temporary file next to the report; those of stored
/// embeddings are made when they are shown, with the threads of the pool. All references must remain valid.
std::unique_ptr<ShownImages> make_shown_images(const ShownImagesRun& run);

}  // namespace sightline::app
