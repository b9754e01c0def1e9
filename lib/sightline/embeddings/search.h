// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sightline/base/function_ref.h"
#include "sightline/base/parallel.h"
#include "sightline/embeddings/candidates.h"
#include "sightline/embeddings/exponential_sums.h"
#include "sightline/embeddings/stored_rows.h"
#include "sightline/ops/row_products.h"
#include "sightline/tensor/tensor.h"

namespace sightline {

/// A stored row that is all zeros.
struct ZeroRow {
  std::int64_t image;
  IndexEntry entry;  ///< its outcome says whether the input failed
};

/// Searches the best stored images for some queries in one pass over the file, which all threads share in
/// small pieces. Cosines have the bits of `cosines`. Unless all of them are needed, `RowProducts` selects the
/// rows whose cosines are computed. Memory depends on what is kept, not on the number of rows.
class StoredSearch {
 public:
  /// `queries`: [n, E], normalised. `rows` and `queries` must outlive this object.
  StoredSearch(const StoredRows& rows, TensorView<const float> queries, const SearchLimits& limits,
               ThreadPool& pool);

  /// Called for parts of the file in order. `zeros`: the rows of zeros in it, in order.
  using PartDone = FunctionRef<void(std::int64_t first, std::int64_t count, std::span<const ZeroRow> zeros)>;
  /// `check` is called often, from any thread, and may throw to end the search. Errors: those of StoredRows;
  /// those of `done` and `check`.
  void run(PartDone done, FunctionRef<void()> check);

  /// The images that are kept for a query, best first. Thread-safe for different queries.
  std::vector<Candidate> ranking(std::int64_t query);
  /// The best cosine with good images, ignoring NaN; NaN if there is none. Requires `best`.
  float best_cosine(std::int64_t query) const;
  /// The share of a cosine in the sum of the query. Requires `logit_scale`.
  float probability(std::int64_t query, float cosine) const { return sums_->probability(query, cosine); }

 private:
  /// What one thread has found, and its buffers.
  struct Worker {
    std::vector<Candidates> found;  ///< of each query
    std::vector<ZeroRow> zeros;
    Tensor rows;  ///< rows that were read
    std::vector<float> values, squares, scales, margins;
    std::int64_t row_in_memory = -1;
  };

  std::int64_t queries() const { return queries_.rows(); }
  bool selects() const;
  std::int64_t rows_of_task() const;
  void search_rows(Worker& worker, std::int64_t begin, std::int64_t count, FunctionRef<void()> check);
  void add(Worker& worker, std::int64_t query, const Candidate& candidate) const;
  bool is_failed(Worker& worker, std::int64_t image, std::span<const float> row) const;
  void select_piece(Worker& worker, std::int64_t first, std::int64_t count) const;
  void select_candidates(Worker& worker, std::int64_t query, std::span<const float> dots,
                         std::int64_t first) const;
  void score_special_rows(Worker& worker, std::int64_t first, std::int64_t count) const;
  float exact_cosine(Worker& worker, std::int64_t query, std::int64_t image) const;
  void score_piece(Worker& worker, std::int64_t piece, std::int64_t first, std::int64_t count);
  void sort_kept();

  const StoredRows& rows_;
  const TensorView<const float> queries_;
  const SearchLimits limits_;
  ThreadPool& pool_;
  const std::int64_t piece_rows_;
  RowProducts products_;
  float bound_;  ///< of the error of a cosine of RowProducts, for rows of norm 1
  std::vector<Worker> workers_;
  std::optional<ExponentialSums> sums_;  ///< with `logit_scale`
};

}  // namespace sightline
