// SPDX-License-Identifier: Apache-2.0
#include "score/score_sides.h"

#include <algorithm>
#include <utility>

#include "batch/list_source.h"
#include "cli/failure.h"
#include "cli/signals.h"

namespace sightline::app {
namespace {

constexpr std::int64_t kImagesPerTask = 64;  ///< both blocks of a task fit into the L2 cache
constexpr std::int64_t kImagesPerBlock = 2048;

std::int64_t divide_rounding_up(std::int64_t count, std::int64_t size) { return (count + size - 1) / size; }

ImageRun run_of(const Model& model, ThreadPool& pool, const EncodingOptions& encoding) {
  return {.model = model,
          .pool = pool,
          .batch = encoding.batch,
          .strict = encoding.strict,
          .thumbnails = encoding.thumbnails};
}

class ImageFiles : public ImageSide {
 public:
  ImageFiles(const std::vector<std::string>& paths, const EncodingOptions& encoding)
      : paths_(paths), encoding_(encoding) {}
  std::int64_t size() const override { return static_cast<std::int64_t>(paths_.size()); }
  std::string label(std::int64_t index) const override { return paths_[static_cast<std::size_t>(index)]; }
  std::unique_ptr<FirstImages> begin(const Model& model, ThreadPool& pool) override {
    auto first = std::make_unique<FirstImages>(run_of(model, pool, encoding_), paths_);
    first_ = first.get();
    return first;
  }
  void for_each(const Model& model, ThreadPool& pool, ImageSink sink) const override {
    ListSource source(paths_);
    ImageRun run = run_of(model, pool, encoding_);
    run.first = std::exchange(first_, nullptr);
    encode_images(run, source, sink);
  }
  bool is_cheap() const override { return false; }

 private:
  const std::vector<std::string>& paths_;
  EncodingOptions encoding_;
  mutable FirstImages* first_ = nullptr;  // until the first visit
};

class SourceImages : public ImageSide {
 public:
  SourceImages(std::unique_ptr<ImageSource> source, const EncodingOptions& encoding)
      : source_(std::move(source)), encoding_(encoding) {}
  std::int64_t size() const override { return visited_; }
  std::optional<std::int64_t> known_size() const override { return source_->size(); }
  std::string label(std::int64_t /*index*/) const override { return ""; }
  void for_each(const Model& model, ThreadPool& pool, ImageSink sink) const override {
    encode_images(run_of(model, pool, encoding_), *source_, [&](const ImageBlock& block) {
      visited_ += std::ssize(block.results);
      sink(block);
    });
  }
  bool is_cheap() const override { return false; }

 private:
  std::unique_ptr<ImageSource> source_;
  EncodingOptions encoding_;
  mutable std::int64_t visited_ = 0;
};

class ArchivedImages : public ImageSide {
 public:
  ArchivedImages(const ImagePaths& inputs, const WalkOptions& walk, const EncodingOptions& encoding,
                 const OnUnsupportedImages& on_unsupported)
      : inputs_(inputs), walk_(walk), encoding_(encoding) {
    const auto images = open([&](std::int64_t, const UnsupportedImages& unsupported) {
      if (!unsupported.counts.empty()) on_unsupported(unsupported);
    });
    for (ImageItem item; images->next_label(item);) labels_.push_back(item.path);
  }
  std::int64_t size() const override { return std::ssize(labels_); }
  std::string label(std::int64_t index) const override { return labels_[static_cast<std::size_t>(index)]; }
  void for_each(const Model& model, ThreadPool& pool, ImageSink sink) const override {
    const auto images = open([](std::int64_t, const UnsupportedImages&) {});
    const ImageRun run = run_of(model, pool, encoding_);
    std::int64_t count = 0;
    encode_images(run, *images, [&](const ImageBlock& block) {
      count += std::ssize(block.labels);
      if (count > size() || !std::ranges::equal(block.labels, labels_of(block))) fail_changed();
      sink(block);
    });
    if (count != size()) fail_changed();
  }
  bool is_cheap() const override { return false; }

 private:
  std::unique_ptr<TarExpander> open(const TarExpander::OnArchive& on_archive) const {
    const auto is_archive = [this](const std::string& path) { return inputs_.archives.contains(path); };
    return std::make_unique<TarExpander>(std::make_unique<ListSource>(inputs_.paths),
                                         TarInputs{is_archive, false}, walk_, on_archive);
  }
  std::span<const std::string> labels_of(const ImageBlock& block) const {
    return std::span(labels_).subspan(static_cast<std::size_t>(block.first), block.labels.size());
  }
  [[noreturn]] static void fail_changed() {
    fail_inputs(ErrorCode::mismatch, "", "a tar archive was changed while its images were being scored");
  }

  const ImagePaths& inputs_;
  WalkOptions walk_;
  EncodingOptions encoding_;
  std::vector<std::string> labels_;
};

class StoredImages : public ImageSide {
 public:
  explicit StoredImages(StoredRows rows) : rows_(std::move(rows)) {}
  std::int64_t size() const override { return rows_.size(); }
  std::string label(std::int64_t index) const override { return rows_.label(index); }
  const StoredRows* stored() const override { return &rows_; }
  void for_each(const Model& /*model*/, ThreadPool& pool, ImageSink sink) const override {
    const std::int64_t block = std::min(kImagesPerBlock, size());
    Tensor rows(Shape{block, rows_.width()});
    std::vector<ImageResult> results(static_cast<std::size_t>(block));
    for (std::int64_t first = 0; first < size(); first += block) {
      throw_if_interrupted();
      const std::int64_t count = std::min(block, size() - first);
      pool.run(divide_rounding_up(count, kImagesPerTask), [&](std::int64_t task, int) {
        const std::int64_t end = std::min((task + 1) * kImagesPerTask, count);
        for (std::int64_t i = task * kImagesPerTask; i < end; ++i) {
          read(first + i, rows.view().row(i), results[static_cast<std::size_t>(i)]);
        }
      });
      sink({first,
            {},
            std::span(results).first(static_cast<std::size_t>(count)),
            rows.view().slice_rows(0, count),
            pool});
    }
  }
  bool is_cheap() const override { return true; }

 private:
  void read(std::int64_t index, std::span<float> row, ImageResult& result) const {
    result = {};
    rows_.read(index, row);
    if (!is_zero(row)) {
      result.embedding = row;
      return;
    }
    // Only a row of zeros can belong to an input that failed.
    IndexEntry entry = rows_.entry(index);
    if (!entry.outcome.ok()) {
      result.outcome = std::move(entry.outcome);
      result.outcome.warnings.clear();  // they were reported when the row was written
      return;
    }
    result.embedding = row;
    result.outcome.warnings.emplace_back(kZeroRowWarning);
  }

  StoredRows rows_;
};

class ImagesInMemory : public ImageSide {
 public:
  ImagesInMemory(const ImageSide& images, const Model& model, ThreadPool& pool,
                 FunctionRef<void(std::int64_t index, const ImageResult& result)> use)
      : images_(images), rows_(Shape{images.size(), model.embedding_size()}) {
    results_.reserve(static_cast<std::size_t>(images.size()));
    images.for_each(model, pool, [&](const ImageBlock& block) {
      const std::span<const float> from = block.rows.flat();
      std::copy(from.begin(), from.end(), rows_.view().row(block.first).begin());
      for (const ImageResult& result : block.results) {
        const std::span<float> row = rows_.view().row(std::ssize(results_));
        use(std::ssize(results_), result);
        results_.push_back(result);
        results_.back().thumbnail = {};
        if (result.outcome.ok()) results_.back().embedding = row;
      }
    });
  }
  std::int64_t size() const override { return images_.size(); }
  std::string label(std::int64_t index) const override { return images_.label(index); }
  void for_each(const Model& /*model*/, ThreadPool& pool, ImageSink sink) const override {
    for (std::int64_t first = 0; first < size(); first += kImagesPerBlock) {
      const std::int64_t count = std::min(kImagesPerBlock, size() - first);
      sink({first,
            {},
            std::span(results_).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count)),
            rows_.view().slice_rows(first, count),
            pool});
    }
  }
  bool is_cheap() const override { return true; }

 private:
  const ImageSide& images_;
  Tensor rows_;
  std::vector<ImageResult> results_;
};

}  // namespace

std::unique_ptr<ImageSide> make_image_files(const std::vector<std::string>& paths,
                                            const EncodingOptions& encoding) {
  return std::make_unique<ImageFiles>(paths, encoding);
}

std::unique_ptr<ImageSide> make_archived_images(const ImagePaths& inputs, const WalkOptions& walk,
                                                const OnUnsupportedImages& on_unsupported,
                                                const EncodingOptions& encoding) {
  return std::make_unique<ArchivedImages>(inputs, walk, encoding, on_unsupported);
}

std::unique_ptr<ImageSide> make_source_images(std::unique_ptr<ImageSource> source,
                                              const EncodingOptions& encoding) {
  return std::make_unique<SourceImages>(std::move(source), encoding);
}

std::unique_ptr<ImageSide> make_stored_images(StoredRows rows) {
  return std::make_unique<StoredImages>(std::move(rows));
}

std::unique_ptr<ImageSide> keep_in_memory(
    const ImageSide& images, const Model& model, ThreadPool& pool,
    FunctionRef<void(std::int64_t index, const ImageResult& result)> use) {
  return std::make_unique<ImagesInMemory>(images, model, pool, use);
}

}  // namespace sightline::app
