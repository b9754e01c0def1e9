// SPDX-License-Identifier: Apache-2.0
#include "score/shown_images.h"

#include <cstdlib>
#include <map>
#include <set>

#include "cli/failure.h"
#include "cli/options.h"
#include "score/stored_images_shown.h"
#include "sightline/files/spool_file.h"
#include "sightline/output/ranking_writer.h"

namespace sightline::app {
namespace {

/// For captions ranked for each image: the image that was received last.
class CurrentImage : public ShownImages {
 public:
  using ShownImages::ShownImages;

  void take(std::int64_t /*index*/, const std::string& /*label*/, const ImageResult& result) override {
    result_ = &result;
    unreadable_ += result.unshown.ok() ? 0 : 1;
  }
  ReportImage image(std::int64_t /*index*/, std::string_view label) override {
    return shown(std::string(label), result_->thumbnail, result_->unshown);
  }

 private:
  const ImageResult* result_ = nullptr;
};

/// The folder of a temporary file for this output.
std::string spool_folder(const std::string& output) {
  if (is_stdout(output) || output.starts_with("/dev/")) {
    const char* folder = std::getenv("TMPDIR");
    return folder == nullptr || *folder == '\0' ? "/tmp" : folder;
  }
  const std::string folder = std::filesystem::path(output).parent_path().native();
  return folder.empty() ? "." : folder;
}

/// For images that are ranked: thumbnails of all images, of which the best are needed at the end.
class SpooledImages : public ShownImages {
 public:
  SpooledImages(const QuerySide& queries, ImageLinks links, const std::string& output)
      : ShownImages(queries, std::move(links)), spool_(spool_folder(output)) {}

  void take(std::int64_t index, const std::string& label, const ImageResult& result) override {
    add_skipped(index, label, result);
    if (result.thumbnail.empty()) return;
    const Thumbnail& thumbnail = result.thumbnail;
    if (places_.size() <= static_cast<std::size_t>(index))
      places_.resize(static_cast<std::size_t>(index) + 1);
    const std::string_view pixels(reinterpret_cast<const char*>(thumbnail.pixels.data()),
                                  thumbnail.pixels.size());
    Place& place = places_[static_cast<std::size_t>(index)];
    in_stage(Stage::output, [&] { place.offset = spool_.append(thumbnail.file); });
    in_stage(Stage::output, [&] { spool_.append(pixels); });
    place.file = static_cast<std::int32_t>(thumbnail.file.size());
    place.pixels = static_cast<std::int32_t>(pixels.size());
    place.width = static_cast<std::int16_t>(thumbnail.width);
    place.height = static_cast<std::int16_t>(thumbnail.height);
    place.transparent = thumbnail.transparent;
  }

  ReportImage image(std::int64_t index, std::string_view label) override {
    thumbnail_ = {};
    const auto i = static_cast<std::size_t>(index);
    if (i < places_.size() && places_[i].width > 0) {
      const Place& place = places_[i];
      thumbnail_.width = place.width;
      thumbnail_.height = place.height;
      thumbnail_.transparent = place.transparent;
      spool_.read(place.offset, place.file, thumbnail_.file);
      std::string pixels;
      spool_.read(place.offset + place.file, place.pixels, pixels);
      thumbnail_.pixels.assign(pixels.begin(), pixels.end());
    }
    return shown(std::string(label), thumbnail_);
  }

 private:
  struct Place {
    std::int64_t offset = 0;
    std::int32_t file = 0, pixels = 0;
    std::int16_t width = 0, height = 0;
    bool transparent = false;
  };

  SpoolFile spool_;
  std::vector<Place> places_;
  Thumbnail thumbnail_;
};

/// For stored embeddings whose images are ranked: those that are shown are read again.
class ImagesReadAgain : public ShownImages {
 public:
  explicit ImagesReadAgain(const ShownImagesRun& run)
      : ShownImages(run.queries, ImageLinks(run.output)),
        run_(run),
        reader_(run.model, *run.images.stored(), run.thumbnails) {}

  void take(std::int64_t index, const std::string& label, const ImageResult& result) override {
    add_skipped(index, label, result);
  }

  void prepare(std::span<const RankedScore> images) override {
    prepared_.clear();
    std::vector<ImageResult*> results;
    for (const RankedScore& image : images) results.push_back(&prepared_[image.index]);
    run_.pool.run(std::ssize(images), [&](std::int64_t i, int) {
      const auto n = static_cast<std::size_t>(i);
      reader_.read(std::string(images[n].label), *results[n]);
    });
    for (const RankedScore& image : images) {
      if (!prepared_[image.index].unshown.ok() && reported_.insert(image.index).second) {
        StoredImageReader::report(std::string(image.label), prepared_[image.index]);
      }
    }
  }

  ReportImage image(std::int64_t index, std::string_view label) override {
    const ImageResult& result = prepared_[index];
    return shown(std::string(label), result.thumbnail, result.unshown);
  }

  std::int64_t unreadable() const override { return std::ssize(reported_); }

 private:
  ShownImagesRun run_;
  StoredImageReader reader_;
  std::map<std::int64_t, ImageResult> prepared_;
  std::set<std::int64_t> reported_;
};

}  // namespace

ReportImage ShownImages::shown(const std::string& label, const Thumbnail& thumbnail, const Outcome& outcome) {
  link_ = links_.link(label);
  ReportImage image;
  image.link = link_;
  image.problem_class = outcome.class_name();
  image.problem = outcome.message;
  if (thumbnail.empty()) return image;
  image.file = thumbnail.file;
  image.media_type = thumbnail.media_type();
  image.width = thumbnail.width;
  image.height = thumbnail.height;
  image.pixels = thumbnail.pixels;
  image.transparent = thumbnail.transparent;
  return image;
}

ReportImage ShownImages::query(std::int64_t index, std::string_view label) {
  return shown(std::string(label), queries_.thumbnail(index));
}

void ShownImages::add_skipped(std::int64_t index, const std::string& label, const ImageResult& result) {
  if (!result.outcome.ok()) skipped_.push_back({index, label, result.outcome});
}

std::unique_ptr<ShownImages> make_shown_images(const ShownImagesRun& run) {
  if (!run.by_caption) return std::make_unique<CurrentImage>(run.queries, ImageLinks(run.output));
  if (run.images.stored() != nullptr) return std::make_unique<ImagesReadAgain>(run);
  return std::make_unique<SpooledImages>(run.queries, ImageLinks(run.output), run.output);
}

}  // namespace sightline::app
