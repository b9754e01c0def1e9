#include "query_side.h"

#include <algorithm>

#include "failure.h"

namespace sightline::app {
namespace {

constexpr std::int64_t kMaxBytesInMemory = 1LL << 30;
// Of one task: both sides of it fit the second-level cache.
constexpr std::int64_t kCaptionsOfATask = 128;
constexpr std::int64_t kImagesOfATask = 64;

std::int64_t pieces(std::int64_t count, std::int64_t size) { return (count + size - 1) / size; }

}  // namespace

QuerySide::QuerySide(std::vector<Caption> captions, const CLIP& clip, std::int64_t batch, ThreadPool& pool) {
  TextEmbeddings embedded = encode_captions({clip, batch, true}, captions, pool);
  rows_ = std::move(embedded.rows);
  truncated_ = std::move(embedded.truncated);
  for (Caption& caption : captions) labels_.push_back(std::move(caption.label));
}

QuerySide::QuerySide(StoredRows rows) : stored_(std::move(rows)) {
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

void QuerySide::cosines(TensorView<const float> images, std::int64_t first, TensorView<float> out,
                        ThreadPool& pool) const {
  const std::int64_t width = images.columns(), count = out.columns();
  const std::int64_t columns = pieces(count, kCaptionsOfATask);
  pool.run(columns * pieces(images.rows(), kImagesOfATask), [&](std::int64_t task, int) {
    const std::int64_t row = task / columns * kImagesOfATask, column = task % columns * kCaptionsOfATask;
    const std::int64_t rows = std::min(kImagesOfATask, images.rows() - row);
    const std::int64_t captions = std::min(kCaptionsOfATask, count - column);
    const auto score = [&](TensorView<const float> read) {
      sightline::cosines(images.slice_rows(row, rows), read, out.data() + row * count + column, count);
    };
    if (!rows_.empty()) return score(rows_.view().slice_rows(first + column, captions));
    Tensor read(Shape{captions, width});
    for (std::int64_t i = 0; i < captions; ++i) stored_->read(first + column + i, read.view().row(i));
    score(read.view());
  });
}

}  // namespace sightline::app
