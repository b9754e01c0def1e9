#include "score_sides.h"

#include <algorithm>

#include "failure.h"
#include "sightline/io/file.h"
#include "signals.h"

namespace sightline::app {
namespace {

constexpr std::int64_t kMaxBytesInMemory = 1LL << 30;
constexpr std::int64_t kCaptionsOfABlock = 128;  ///< of one thread, in `cosines`

class ImageFiles : public ImageSide {
 public:
  ImageFiles(std::vector<std::string> paths, int threads, std::int64_t batch, bool strict)
      : paths_(std::move(paths)), threads_(threads), batch_(batch), strict_(strict) {}
  std::int64_t size() const override { return static_cast<std::int64_t>(paths_.size()); }
  std::string_view label(std::int64_t index) const override {
    return paths_[static_cast<std::size_t>(index)];
  }
  void for_each(const CLIP& clip, ImageSink sink) const override {
    encode_image_files({clip, paths_, threads_, batch_, true, strict_}, sink);
  }
  bool cheap() const override { return false; }

 private:
  std::vector<std::string> paths_;
  int threads_;
  std::int64_t batch_;
  bool strict_;
};

class StoredImages : public ImageSide {
 public:
  explicit StoredImages(StoredRows rows) : rows_(std::move(rows)) {}
  std::int64_t size() const override { return rows_.file.rows(); }
  std::string_view label(std::int64_t index) const override {
    return rows_.entries[static_cast<std::size_t>(index)].label;
  }
  void for_each(const CLIP&, ImageSink sink) const override {
    std::vector<float> row(static_cast<std::size_t>(rows_.file.columns()));
    for (std::int64_t i = 0; i < size(); ++i) {
      throw_if_interrupted();
      const IndexEntry& entry = rows_.entries[static_cast<std::size_t>(i)];
      ImageResult result{{}, entry.error_class, entry.message, {}};
      if (entry.error_class.empty()) {
        rows_.read(i, row);
        result.embedding = row;
        if (std::all_of(row.begin(), row.end(), [](float value) { return value == 0; })) {
          result.warnings.emplace_back("a row of zeros: every score is 0");
        }
      }
      sink(i, result);
    }
  }
  bool cheap() const override { return true; }

 private:
  StoredRows rows_;
};

class ImagesInMemory : public ImageSide {
 public:
  ImagesInMemory(const ImageSide& images, const CLIP& clip)
      : images_(images), rows_(Shape{images.size(), clip.embedding_size()}) {
    results_.resize(static_cast<std::size_t>(images.size()));
    images.for_each(clip, [&](std::int64_t i, const ImageResult& result) {
      ImageResult& kept = results_[static_cast<std::size_t>(i)];
      kept = result;
      if (result.embedding.empty()) return;
      const std::span<float> row = rows_.view().row(i);
      std::copy(result.embedding.begin(), result.embedding.end(), row.begin());
      kept.embedding = row;
    });
  }
  std::int64_t size() const override { return images_.size(); }
  std::string_view label(std::int64_t index) const override { return images_.label(index); }
  void for_each(const CLIP&, ImageSink sink) const override {
    for (std::int64_t i = 0; i < size(); ++i) sink(i, results_[static_cast<std::size_t>(i)]);
  }
  bool cheap() const override { return true; }

 private:
  const ImageSide& images_;
  Tensor rows_;
  std::vector<ImageResult> results_;
};

}  // namespace

StoredRows StoredRows::open(const std::string& path) {
  return in_stage(Stage::inputs, [&] {
    StoredRows rows{NpyFile::open(path), {}};
    const std::string index = index_path_of(path);
    if (file_exists(index)) {
      rows.entries = read_index(index, rows.file.rows());
      return rows;
    }
    for (std::int64_t i = 0; i < rows.file.rows(); ++i) {
      rows.entries.push_back({path + "#" + std::to_string(i), "", "", false});
    }
    return rows;
  });
}

void StoredRows::read(std::int64_t index, std::span<float> out) const {
  in_stage(Stage::inputs, [&] { file.read_row(index, out); });
  l2_normalize(TensorView<float>(out.data(), Shape{1, static_cast<std::int64_t>(out.size())}));
}

std::unique_ptr<ImageSide> make_image_files(std::vector<std::string> paths, int threads, std::int64_t batch,
                                            bool strict) {
  return std::make_unique<ImageFiles>(std::move(paths), threads, batch, strict);
}

std::unique_ptr<ImageSide> make_stored_images(StoredRows rows) {
  return std::make_unique<StoredImages>(std::move(rows));
}

std::unique_ptr<ImageSide> keep_in_memory(const ImageSide& images, const CLIP& clip) {
  return std::make_unique<ImagesInMemory>(images, clip);
}

CaptionSide::CaptionSide(const std::vector<Caption>& captions, const CLIP& clip, std::int64_t batch,
                         ThreadPool& pool) {
  TextEmbeddings embedded = encode_captions({clip, batch, true}, captions, pool);
  rows_ = std::move(embedded.rows);
  truncated_ = std::move(embedded.truncated);
  for (const Caption& caption : captions) labels_.push_back(caption.label);
}

CaptionSide::CaptionSide(StoredRows rows) : stored_(std::move(rows)) {
  for (const IndexEntry& entry : stored_->entries) {
    if (!entry.error_class.empty()) {
      fail_inputs(ErrorCode::mismatch, stored_->file.path(),
                  "the row of '" + entry.label + "' was skipped when it was written",
                  "embed-text --drop-bad leaves such rows out");
    }
    labels_.push_back(entry.label);
    truncated_.push_back(entry.truncated ? 1 : 0);
  }
  const std::int64_t width = stored_->file.columns();
  if (size() == 0 || width > kMaxBytesInMemory / 4 / size()) return;
  rows_ = Tensor(Shape{size(), width});
  for (std::int64_t i = 0; i < size(); ++i) stored_->read(i, rows_.view().row(i));
}

void CaptionSide::cosines(std::span<const float> image, std::int64_t first, std::span<float> out,
                          ThreadPool& pool) const {
  const auto count = static_cast<std::int64_t>(out.size());
  pool.run((count + kCaptionsOfABlock - 1) / kCaptionsOfABlock, [&](std::int64_t block, int) {
    std::vector<float> read(rows_.empty() ? image.size() : 0);
    const std::int64_t end = std::min((block + 1) * kCaptionsOfABlock, count);
    for (std::int64_t i = block * kCaptionsOfABlock; i < end; ++i) {
      if (rows_.empty()) stored_->read(first + i, read);
      const std::span<const float> row = rows_.empty() ? read : rows_.view().row(first + i);
      out[static_cast<std::size_t>(i)] = cosine(row, image);
    }
  });
}

}  // namespace sightline::app
