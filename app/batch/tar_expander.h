// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "batch/image_source.h"
#include "batch/tar_source.h"
#include "batch/unsupported_images.h"

namespace sightline::app {

/// What a TarExpander replaces by its images.
struct TarInputs {
  std::function<bool(const std::string&)> is_archive;
  bool stdin_may_be_archive = true;
};

/// The inputs of another source, with the images of an archive in place of each tar archive.
class TarExpander : public ImageSource {
 public:
  /// Called after each archive, with the number of its inputs and the images that this build does not read.
  using OnArchive = std::function<void(std::int64_t inputs, const UnsupportedImages& unsupported)>;

  /// `extensions` must outlive the source.
  TarExpander(std::unique_ptr<ImageSource> inner, TarInputs inputs, const WalkOptions& walk,
              OnArchive on_archive, const ImageExtensions& extensions = image_extensions());

  bool next(ImageItem& item) override { return take(item, true); }
  bool next_label(ImageItem& item) override { return take(item, false); }
  bool ready(std::chrono::milliseconds patience = {}) override {
    return archive_ != nullptr || inner_->ready(patience);
  }

 private:
  bool take(ImageItem& item, bool wanted);
  bool open_stdin(ImageItem& item, bool wanted);
  void close_archive();

  std::unique_ptr<ImageSource> inner_;
  TarInputs inputs_;
  WalkOptions walk_;
  OnArchive on_archive_;
  const ImageExtensions& extensions_;
  std::string archive_path_;
  std::unique_ptr<TarSource> archive_;  ///< whose members come next
  std::int64_t images_ = 0;             ///< of that archive so far
};

}  // namespace sightline::app
