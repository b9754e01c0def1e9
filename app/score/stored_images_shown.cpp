// SPDX-License-Identifier: Apache-2.0
#include "score/stored_images_shown.h"

#include <algorithm>

#include "batch/first_images.h"
#include "batch/inputs.h"
#include "batch/item_report.h"
#include "sightline/base/format.h"
#include "sightline/files/file.h"

namespace sightline::app {
namespace {

constexpr std::int64_t kImagesTogether = 64;

/// Whether a folder of the path is a file, so that the path names a member of an archive.
bool is_member(const std::string& path) {
  for (std::size_t at = path.find('/', 1); at != std::string::npos; at = path.find('/', at + 1)) {
    const std::string folder = path.substr(0, at);
    if (!file_exists(folder)) return false;
    if (!is_directory(folder)) return true;
  }
  return false;
}

class StoredImagesWithThumbnails : public ImageSide {
 public:
  StoredImagesWithThumbnails(std::unique_ptr<ImageSide> images, ThumbnailOptions thumbnails)
      : images_(std::move(images)), thumbnails_(thumbnails) {}

  std::int64_t size() const override { return images_->size(); }
  std::string label(std::int64_t index) const override { return images_->label(index); }
  const StoredRows* stored() const override { return images_->stored(); }
  bool is_cheap() const override { return false; }

  void for_each(const Model& model, ThreadPool& pool, ImageSink sink) const override {
    const StoredImageReader reader(model, *images_->stored(), thumbnails_);
    images_->for_each(model, pool, [&](const ImageBlock& block) {
      const std::int64_t rows = std::ssize(block.results);
      for (std::int64_t begin = 0; begin < rows; begin += kImagesTogether) {
        const std::int64_t count = std::min(kImagesTogether, rows - begin);
        const auto part =
            block.results.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(count));
        std::vector<ImageResult> results(part.begin(), part.end());
        pool.run(count, [&](std::int64_t i, int) {
          const std::int64_t index = block.first + begin + i;
          ImageResult& result = results[static_cast<std::size_t>(i)];
          if (result.outcome.ok()) reader.read(images_->label(index), result);
        });
        for (std::int64_t i = 0; i < count; ++i) {
          const ImageResult& result = results[static_cast<std::size_t>(i)];
          if (!result.unshown.ok()) reader.report(images_->label(block.first + begin + i), result);
        }
        sink({block.first + begin, {}, results, block.rows.slice_rows(begin, count), block.pool});
      }
    });
  }

 private:
  std::unique_ptr<ImageSide> images_;
  ThumbnailOptions thumbnails_;
};

}  // namespace

StoredImageReader::StoredImageReader(const Model& model, const StoredRows& rows, ThumbnailOptions thumbnails)
    : model_(model), rows_(rows), thumbnails_(thumbnails) {}

void StoredImageReader::read(const std::string& label, ImageResult& result) const {
  const bool text = rows_.info() && rows_.info()->modality == Modality::text;
  if (text || !rows_.has_names() || label == "-") return;
  try {
    if (thumbnails_) {
      result.thumbnail = model_.processor().thumbnail(read_image(label), thumbnails_);
    } else if (!file_exists(label)) {
      fail(ErrorCode::missing, label, "does not exist");
    }
  } catch (const Error& error) {
    if (!is_member(label)) result.unshown = outcome_about(error, label);
  }
}

void StoredImageReader::report(const std::string& label, const ImageResult& result) {
  const std::string line =
      "sightline: " + error_word(result.unshown.class_name()) + " " + item_name(label) + ": ";
  write_stderr(line + printable(result.unshown.message) + "\n");
}

std::unique_ptr<ImageSide> with_thumbnails(std::unique_ptr<ImageSide> stored, ThumbnailOptions thumbnails) {
  return std::make_unique<StoredImagesWithThumbnails>(std::move(stored), thumbnails);
}

}  // namespace sightline::app
