// SPDX-License-Identifier: Apache-2.0
#include "score/query_side.h"

#include <algorithm>

#include "batch/item_report.h"
#include "batch/list_source.h"
#include "cli/failure.h"
#include "cli/hints.h"
#include "sightline/base/format.h"

namespace sightline::app {
namespace {

constexpr std::int64_t kMaxBytesInMemory = 1LL << 30;
// Sizes of one task: both blocks fit into the L2 cache.
constexpr std::int64_t kQueriesPerTask = 128;
constexpr std::int64_t kImagesPerTask = 64;

std::int64_t divide_rounding_up(std::int64_t count, std::int64_t size) { return (count + size - 1) / size; }

/// A copy of `rows` with space for `more` rows of this width at its end.
Tensor grown(const Tensor& rows, std::int64_t more, std::int64_t width) {
  const std::int64_t count = rows.empty() ? 0 : rows.view().rows();
  Tensor larger(Shape{count + more, width});
  if (count > 0) std::ranges::copy(rows.view().flat(), larger.view().flat().begin());
  return larger;
}

/// Every query is required. Errors: those of `add_images`.
void check_query(const std::string& path, const ImageResult& result, const ConsoleOptions& console) {
  const Outcome& outcome = result.outcome;
  if (const std::optional<ErrorCode> code = outcome.code()) {
    ImageHints hints(HintContext::query);
    throw Failure(Stage::inputs, Error(*code, path, outcome.message), hints.about(path, outcome));
  }
  if (console.verbose == 0) return;
  for (const std::string& warning : outcome.warnings) {
    note_warning(console, item_name(path) + ": " + printable(warning));
  }
}

}  // namespace

QuerySide::QuerySide(std::vector<Caption> captions, const Model& model, std::int64_t batch, ThreadPool& pool)
    : captions_(std::ssize(captions)) {
  TextEmbeddings embedded = encode_captions({model, batch, true}, captions, pool);
  rows_ = std::move(embedded.rows);
  truncated_ = std::move(embedded.truncated);
  for (Caption& caption : captions) labels_.push_back(std::move(caption.label));
}

QuerySide::QuerySide(StoredRows rows) : captions_(rows.size()), stored_(std::move(rows)) {
  stored_->load_labels();
  for (std::int64_t i = 0; i < captions_; ++i) {
    IndexEntry entry = stored_->entry(i);
    if (!entry.outcome.ok()) {
      fail_inputs(ErrorCode::mismatch, stored_->file().path(),
                  "the row '" + entry.label + "' was skipped when the file was written",
                  "use embed-text --drop-bad to leave such rows out");
    }
    labels_.push_back(std::move(entry.label));
    truncated_.push_back(entry.truncated ? 1 : 0);
  }
  const std::int64_t width = stored_->width();
  if (captions_ == 0) return;
  if (width > kMaxBytesInMemory / 4 / captions_) {
    in_file_ = captions_;
    return;
  }
  rows_ = Tensor(Shape{captions_, width});
  for (std::int64_t i = 0; i < captions_; ++i) stored_->read(i, rows_.view().row(i));
}

void QuerySide::add_images(const ImageRun& run, const std::vector<std::string>& paths,
                           const ConsoleOptions& console) {
  const std::int64_t count = std::ssize(paths), before = size() - in_file_;
  Tensor rows = grown(rows_, count, run.model.embedding_size());
  ListSource source(paths);
  encode_images(run, source, [&](const ImageBlock& block) {
    for (std::size_t i = 0; i < block.results.size(); ++i) {
      check_query(block.labels[i], block.results[i], console);
      thumbnails_.push_back(block.results[i].thumbnail);
    }
    std::ranges::copy(block.rows.flat(), rows.view().row(before + block.first).begin());
  });
  rows_ = std::move(rows);
  labels_.insert(labels_.end(), paths.begin(), paths.end());
  truncated_.resize(labels_.size());
}

void QuerySide::read(std::int64_t index, std::span<float> row) const {
  if (index < in_file_) return stored_->read(index, row);
  std::ranges::copy(rows_.view().row(index - in_file_), row.begin());
}

Tensor QuerySide::rows(std::int64_t first, std::int64_t count, std::int64_t width) const {
  Tensor rows(Shape{count, width});
  for (std::int64_t i = 0; i < count; ++i) read(first + i, rows.view().row(i));
  return rows;
}

void QuerySide::cosines(TensorView<const float> images, std::int64_t first, TensorView<float> out,
                        ThreadPool& pool) const {
  const std::int64_t width = images.columns(), count = out.columns();
  const std::int64_t columns = divide_rounding_up(count, kQueriesPerTask);
  pool.run(columns * divide_rounding_up(images.rows(), kImagesPerTask), [&](std::int64_t task, int) {
    const std::int64_t row = task / columns * kImagesPerTask, column = task % columns * kQueriesPerTask;
    const std::int64_t rows = std::min(kImagesPerTask, images.rows() - row);
    const std::int64_t queries = std::min(kQueriesPerTask, count - column);
    const auto score = [&](TensorView<const float> block) {
      sightline::cosines(images.slice_rows(row, rows), block, out.data() + row * count + column, count);
    };
    const std::int64_t begin = first + column;
    if (begin >= in_file_) return score(rows_.view().slice_rows(begin - in_file_, queries));
    Tensor block(Shape{queries, width});
    for (std::int64_t i = 0; i < queries; ++i) read(begin + i, block.view().row(i));
    score(block.view());
  });
}

}  // namespace sightline::app
