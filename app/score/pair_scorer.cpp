// SPDX-License-Identifier: Apache-2.0
#include "score/pair_scorer.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "sightline/model/head.h"

namespace sightline::app {

float clipscore(float cosine) { return kClipScoreWeight * std::max(cosine, 0.0F); }

namespace {

/// Moves the items of a block out of it.
class Images : public ImageSource {
 public:
  explicit Images(std::vector<ImageItem>& items) : items_(items) {}
  bool next(ImageItem& item) override {
    if (next_ == items_.size()) return false;
    item = std::move(items_[next_++]);
    return true;
  }
  std::optional<std::int64_t> size() const override { return std::ssize(items_); }

 private:
  std::vector<ImageItem>& items_;
  std::size_t next_ = 0;
};

}  // namespace

/// The work on one block. Images are numbered by their first use, so that pairs can be passed on in order
/// while images arrive.
class PairScorer::Block {
 public:
  Block(PairBlock& pairs, TextEmbeddings texts, std::optional<Encoded> last, std::int64_t width)
      : pairs_(pairs), texts_(std::move(texts)) {
    std::unordered_map<std::string_view, std::int64_t> numbers;
    if (last) {
      numbers.emplace(last->path, 0);
      last->result.bytes = 0;
    }
    const std::int64_t known = last ? 1 : 0;
    for (std::size_t i = 0; i < pairs.images.size(); ++i) {
      if (pairs.captions[i].error) {
        image_of_.push_back(kNone);
        continue;
      }
      ImageItem& image = pairs.images[i];
      const std::int64_t next = known + std::ssize(images_);
      // Members of an archive may have the same name, but are different images.
      const bool is_file = !image.bytes && !image.error;
      const auto [entry, is_new] =
          is_file ? numbers.emplace(image.path, next) : std::pair(numbers.end(), true);
      if (is_new) images_.push_back({image.path, std::exchange(image.bytes, std::nullopt), image.error});
      image_of_.push_back(is_new ? next : entry->second);
    }
    rows_ = Tensor(Shape{std::max<std::int64_t>(known + std::ssize(images_), 1), width});
    if (last) {
      results_.push_back(std::move(last->result));
      std::ranges::copy(last->row, rows_.view().row(0).begin());
    }
  }

  /// The images that are not encoded yet.
  std::vector<ImageItem>& images() { return images_; }

  void add(const ImageBlock& images) {
    for (std::size_t i = 0; i < images.results.size(); ++i) {
      std::ranges::copy(images.rows.row(static_cast<std::int64_t>(i)),
                        rows_.view().row(std::ssize(results_)).begin());
      results_.push_back(images.results[i]);
      results_.back().embedding = {};  // `rows_` has it
    }
  }

  /// Passes on the pairs whose images have arrived.
  void flush(PairSink sink) {
    for (; next_ < image_of_.size(); ++next_) {
      const std::int64_t image = image_of_[next_];
      if (image >= std::ssize(results_)) return;
      sink(static_cast<std::int64_t>(next_), result_of(next_, image));
    }
  }

  /// The image of the last pair that has one; nullopt if there is none.
  std::optional<Encoded> last() {
    const auto used = std::ranges::find_if(image_of_.rbegin(), image_of_.rend(),
                                           [](std::int64_t image) { return image != kNone; });
    if (used == image_of_.rend()) return std::nullopt;
    const auto pair = static_cast<std::size_t>(image_of_.rend() - used - 1);
    const std::span<const float> row = rows_.view().row(*used);
    return Encoded{pairs_.images[pair].path,
                   std::move(results_[static_cast<std::size_t>(*used)]),
                   {row.begin(), row.end()}};
  }

 private:
  static constexpr std::int64_t kNone = -1;  ///< the caption is refused

  PairResult result_of(std::size_t pair, std::int64_t image) {
    PairResult result;
    if (image == kNone) return result;
    ImageResult& encoded = results_[static_cast<std::size_t>(image)];
    result.image = &encoded;
    result.bytes = std::exchange(encoded.bytes, 0);
    result.truncated = texts_.truncated[pair] != 0;
    if (encoded.outcome.ok()) {
      const TensorView<const float> texts = texts_.rows.view();
      const TensorView<const float> images = rows_.view();
      cosines(images.slice_rows(image, 1), texts.slice_rows(static_cast<std::int64_t>(pair), 1),
              &result.cosine, 1);
    }
    return result;
  }

  const PairBlock& pairs_;
  TextEmbeddings texts_;
  std::vector<std::int64_t> image_of_;  ///< for each pair, the number of its image
  std::vector<ImageItem> images_;
  std::vector<ImageResult> results_;  ///< of the images that have arrived
  Tensor rows_;                       ///< their embeddings
  std::size_t next_ = 0;              ///< the pair that is passed on next
};

void PairScorer::score(PairBlock& block, PairSink sink, FunctionRef<void()> batch_done) {
  std::optional<Encoded> last = std::exchange(last_, std::nullopt);
  Block work(block, encode_captions({model_, options_.batch, true}, block.captions, pool_), last,
             model_.embedding_size());
  work.flush(sink);
  batch_done();
  if (!work.images().empty()) {
    Images images(work.images());
    encode_images({model_, pool_, options_.batch, true, options_.strict}, images,
                  [&](const ImageBlock& encoded) {
                    work.add(encoded);
                    work.flush(sink);
                    batch_done();
                  });
  }
  last_ = work.last();
  if (!last_) last_ = std::move(last);
}

}  // namespace sightline::app
