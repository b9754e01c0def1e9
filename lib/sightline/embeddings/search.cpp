// SPDX-License-Identifier: Apache-2.0
#include "sightline/embeddings/search.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include "sightline/ops/dot_products.h"

namespace sightline {
namespace {

constexpr std::int64_t kPieceBytes = 256 << 10;  // of a piece: it stays in the L2 cache
// A task releases its pages: unmapping all of them at the end would take one thread as long as a third of the
// search, and each call interrupts all processors. Measured for 1 to 32 MiB: slower below 4, equal above 8.
constexpr std::int64_t kTaskBytes = 8 << 20;
constexpr std::int64_t kTasksOfThread = 16;  // between two reports of progress
constexpr std::int64_t kQueriesAtOnce = 64;  // their dots with a piece stay in the L2 cache
constexpr std::int64_t kRowsAtOnce = 64;     // rows that are read into memory
constexpr std::int64_t kTileRows = 4;        // RowProducts writes whole tiles
constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

std::int64_t rows_of_piece(const StoredRows& rows) {
  const std::int64_t bytes = std::max<std::int64_t>(rows.width() * 4, 1);
  return std::clamp<std::int64_t>(kPieceBytes / bytes * 2, kTileRows, 4096) / kTileRows * kTileRows;
}

std::int64_t divide_rounding_up(std::int64_t count, std::int64_t size) { return (count + size - 1) / size; }

/// The largest norm of a query, at least 1. NaN if it is so large that dots could overflow, or not finite:
/// then every cosine is computed exactly.
float largest_norm(TensorView<const float> queries) {
  double largest = 1;
  for (std::int64_t i = 0; i < queries.rows(); ++i) {
    double sum = 0;
    for (const float value : queries.row(i)) sum += static_cast<double>(value) * static_cast<double>(value);
    if (!(sum <= 0x1p60)) return kNan;
    largest = std::max(largest, std::sqrt(sum));
  }
  return static_cast<float>(largest) * (1 + 0x1p-22F);
}

/// docs/accuracy.md derives the bound: the dot, the norm, the steps from them to a cosine, and the rounding
/// of the exact cosine.
float cosine_bound(const StoredRows& rows, TensorView<const float> queries) {
  return (2 * RowProducts::error_bound(rows.width()) + 16 * 0x1p-24F) * largest_norm(queries);
}

bool is_bounded(const SearchLimits& limits, const StoredRows& rows) {
  constexpr std::int64_t kManyParts = 8;  // for more, computing all cosines is faster
  return limits.threshold || (limits.top && *limits.top <= rows.size() / kManyParts);
}

}  // namespace

StoredSearch::StoredSearch(const StoredRows& rows, TensorView<const float> queries,
                           const SearchLimits& limits, ThreadPool& pool)
    : rows_(rows),
      queries_(queries),
      limits_(limits),
      pool_(pool),
      piece_rows_(rows_of_piece(rows)),
      products_(queries),
      bound_(cosine_bound(rows, queries)),
      workers_(static_cast<std::size_t>(pool.size())) {
  const auto count = static_cast<std::size_t>(queries.rows());
  const auto piece = static_cast<std::size_t>(piece_rows_);
  for (Worker& worker : workers_) {
    worker.found.resize(count);
    worker.rows = Tensor(Shape{std::min(kRowsAtOnce, piece_rows_), rows.width()});
    worker.values.resize(static_cast<std::size_t>(kQueriesAtOnce) * piece);
    for (auto* values : {&worker.squares, &worker.scales, &worker.margins}) values->resize(piece);
  }
  if (limits_.logit_scale)
    sums_.emplace(*limits_.logit_scale, divide_rounding_up(rows.size(), piece_rows_), queries.rows());
}

/// Whether the cosines of most rows need not be computed.
bool StoredSearch::selects() const {
  return !limits_.logit_scale && is_bounded(limits_, rows_) && rows_.file().dtype() != "float64";
}

void StoredSearch::run(PartDone done, FunctionRef<void()> check) {
  const std::int64_t task = rows_of_task(), size = rows_.size();
  const std::int64_t part = task * kTasksOfThread * pool_.size();
  std::vector<ZeroRow> zeros;
  for (std::int64_t begin = 0; begin < size; begin += part) {
    const std::int64_t count = std::min(part, size - begin);
    pool_.run(divide_rounding_up(count, task), [&](std::int64_t i, int number) {
      const std::int64_t first = begin + i * task;
      search_rows(workers_[static_cast<std::size_t>(number)], first, std::min(task, begin + count - first),
                  check);
    });
    zeros.clear();
    for (Worker& worker : workers_) {
      std::ranges::move(worker.zeros, std::back_inserter(zeros));
      worker.zeros.clear();
    }
    std::ranges::sort(zeros, {}, &ZeroRow::image);
    done(begin, count, zeros);
  }
  sort_kept();
  if (sums_) sums_->finish();
}

/// All threads sort, also if there is one query.
void StoredSearch::sort_kept() {
  const std::int64_t workers = std::ssize(workers_);
  pool_.run(workers * queries(), [&](std::int64_t i, int) {
    Worker& worker = workers_[static_cast<std::size_t>(i % workers)];
    worker.found[static_cast<std::size_t>(i / workers)].sort();
  });
}

/// The rows that a thread takes at a time: about kTaskBytes, fewer if there are few.
std::int64_t StoredSearch::rows_of_task() const {
  const std::int64_t pieces = divide_rounding_up(rows_.size(), piece_rows_);
  const std::int64_t piece_bytes = std::max<std::int64_t>(piece_rows_ * rows_.row_bytes(), 1);
  const std::int64_t most = std::max<std::int64_t>(kTaskBytes / piece_bytes, 1);
  return std::clamp<std::int64_t>(pieces / (kTasksOfThread * pool_.size()), 1, most) * piece_rows_;
}

void StoredSearch::search_rows(Worker& worker, std::int64_t begin, std::int64_t count,
                               FunctionRef<void()> check) {
  for (std::int64_t first = begin; first < begin + count; first += piece_rows_) {
    check();
    const std::int64_t rows = std::min(piece_rows_, begin + count - first);
    selects() ? select_piece(worker, first, rows) : score_piece(worker, first / piece_rows_, first, rows);
  }
  rows_.file().release_rows(begin, count);
}

void StoredSearch::add(Worker& worker, std::int64_t query, const Candidate& candidate) const {
  worker.found[static_cast<std::size_t>(query)].add(candidate, limits_);
}

/// Only a row of zeros can belong to an input that failed, so only then is the index read.
bool StoredSearch::is_failed(Worker& worker, std::int64_t image, std::span<const float> row) const {
  if (!is_zero(row)) return false;
  worker.zeros.push_back({image, rows_.entry(image)});
  return !worker.zeros.back().entry.outcome.ok();
}

// ---- A few best rows

void StoredSearch::select_piece(Worker& worker, std::int64_t first, std::int64_t count) const {
  const RowBlock block = rows_.block(first, count);
  for (std::int64_t q = 0; q < queries(); q += kQueriesAtOnce) {
    const std::int64_t together = std::min(kQueriesAtOnce, queries() - q);
    products_.multiply(block, q, together, worker.values.data(), piece_rows_, worker.squares.data());
    if (q == 0 && !scale_rows(worker.squares.data(), count, rows_.unit_rows(), bound_, worker.scales.data(),
                              worker.margins.data())) {
      score_special_rows(worker, first, count);
    }
    for (std::int64_t i = 0; i < together; ++i) {
      const std::span<const float> dots =
          std::span(worker.values)
              .subspan(static_cast<std::size_t>(i * piece_rows_), static_cast<std::size_t>(count));
      if (any_reaches(dots.data(), worker.scales.data(), worker.margins.data(), count,
                      worker.found[static_cast<std::size_t>(q + i)].least(limits_)))
        select_candidates(worker, q + i, dots, first);
    }
  }
}

void StoredSearch::select_candidates(Worker& worker, std::int64_t query, std::span<const float> dots,
                                     std::int64_t first) const {
  const Candidates& found = worker.found[static_cast<std::size_t>(query)];
  float least = found.least(limits_);
  for (std::size_t i = 0; i < dots.size(); ++i) {
    const bool special = worker.scales[i] == 0;  // scored by score_special_rows
    if (special || dots[i] * worker.scales[i] + worker.margins[i] < least) continue;
    const std::int64_t image = first + static_cast<std::int64_t>(i);
    add(worker, query, {image, exact_cosine(worker, query, image)});
    least = found.least(limits_);
  }
}

/// Scores the rows whose norms float32 cannot represent well.
void StoredSearch::score_special_rows(Worker& worker, std::int64_t first, std::int64_t count) const {
  for (std::int64_t i = 0; i < count; ++i) {
    if (worker.scales[static_cast<std::size_t>(i)] != 0) continue;
    const std::span<float> row = worker.rows.view().row(0);
    rows_.read(first + i, row);
    worker.row_in_memory = first + i;
    if (is_failed(worker, first + i, row)) continue;
    for (std::int64_t q = 0; q < queries(); ++q)
      add(worker, q, {first + i, exact_cosine(worker, q, first + i)});
  }
}

float StoredSearch::exact_cosine(Worker& worker, std::int64_t query, std::int64_t image) const {
  if (worker.row_in_memory != image) rows_.read(image, worker.rows.view().row(0));
  worker.row_in_memory = image;
  float cosine = 0;
  dot_products(worker.rows.view().slice_rows(0, 1), queries_.slice_rows(query, 1), &cosine, 1);
  return cosine;
}

// ---- All rows

void StoredSearch::score_piece(Worker& worker, std::int64_t piece, std::int64_t first, std::int64_t count) {
  const std::int64_t most = worker.rows.view().rows();
  std::vector<float> good_cosines;
  for (std::int64_t begin = first; begin < first + count; begin += most) {
    const std::int64_t rows = std::min(most, first + count - begin);
    std::vector<char> failed(static_cast<std::size_t>(rows));
    for (std::int64_t i = 0; i < rows; ++i) {
      rows_.read(begin + i, worker.rows.view().row(i));
      failed[static_cast<std::size_t>(i)] = is_failed(worker, begin + i, worker.rows.view().row(i)) ? 1 : 0;
    }
    const TensorView<const float> images = worker.rows.view().slice_rows(0, rows);
    for (std::int64_t q = 0; q < queries(); q += kQueriesAtOnce) {
      const std::int64_t together = std::min(kQueriesAtOnce, queries() - q);
      dot_products(images, queries_.slice_rows(q, together), worker.values.data(), together);
      for (std::int64_t j = 0; j < together; ++j) {
        good_cosines.clear();
        for (std::int64_t i = 0; i < rows; ++i) {
          if (failed[static_cast<std::size_t>(i)] != 0) continue;
          const float cosine = worker.values[static_cast<std::size_t>(i * together + j)];
          good_cosines.push_back(cosine);
          add(worker, q + j, {begin + i, cosine});
        }
        if (sums_) sums_->add(piece, q + j, good_cosines);
      }
    }
  }
}

// ---- Results

std::vector<Candidate> StoredSearch::ranking(std::int64_t query) {
  std::vector<Candidates*> parts;
  for (Worker& worker : workers_) parts.push_back(&worker.found[static_cast<std::size_t>(query)]);
  return Candidates::merge(parts, limits_);
}

float StoredSearch::best_cosine(std::int64_t query) const {
  float best = kNan;
  for (const Worker& worker : workers_)
    best = better_cosine(best, worker.found[static_cast<std::size_t>(query)].best());
  return best;
}

}  // namespace sightline
