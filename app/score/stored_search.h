// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "score/stored_rows.h"
#include "sightline/base/function_ref.h"
#include "sightline/base/parallel.h"
#include "sightline/ops/row_products.h"
#include "sightline/tensor/tensor.h"

namespace sightline::app {

/// A stored image and its cosine with a query.
struct Candidate {
  std::int64_t image;
  float cosine;
};

/// The order of rankings: best first; equal cosines in input order; NaN last.
bool ranks_before(const Candidate& a, const Candidate& b);

/// What a search keeps for each query.
struct SearchLimits {
  std::optional<std::int64_t> top;     ///< the best images
  std::optional<float> threshold;      ///< images with a cosine of at least this
  bool best = false;                   ///< also the best cosine, whatever the threshold
  std::optional<float> logit_scale{};  ///< also the sum of all exp(logit_scale * cosine), for probabilities
};

/// A stored row that is all zeros.
struct ZeroRow {
  std::int64_t image;
  IndexEntry entry;  ///< has an error class if the input failed
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
  /// Errors: Failure of Stage::inputs (a row with a NaN or an infinity; the index); Interrupted; those of
  /// `done`.
  void run(PartDone done);

  /// The images that are kept for a query, best first. Thread-safe for different queries.
  std::vector<Candidate> ranking(std::int64_t query);
  /// The best cosine with good images, ignoring NaN; NaN if there is none. Requires `best`.
  float best_cosine(std::int64_t query) const;
  /// The share of a cosine in the sum of `logit_scale`.
  float probability(std::int64_t query, float cosine) const;

 private:
  /// What one thread has found, and its buffers.
  struct Worker {
    std::vector<std::vector<Candidate>> kept;  ///< of each query; a heap with the worst on top if `top`
    std::vector<float> best;                   ///< of each query
    std::vector<ZeroRow> zeros;
    Tensor rows;  ///< rows that were read
    std::vector<float> values, squares, scales, margins;
    std::int64_t row_in_memory = -1;
  };
  /// A sum of exponentials: total * exp(largest).
  struct ExpSum {
    double largest, total;
  };

  std::int64_t queries() const { return queries_.rows(); }
  bool selects() const;
  std::int64_t rows_of_task() const;
  void search_rows(Worker& worker, std::int64_t begin, std::int64_t count);
  float limit(const Worker& worker, std::int64_t query) const;
  void consider(Worker& worker, std::int64_t query, const Candidate& candidate) const;
  bool is_failed(Worker& worker, std::int64_t image, std::span<const float> row) const;
  void select_piece(Worker& worker, std::int64_t first, std::int64_t count) const;
  void select_candidates(Worker& worker, std::int64_t query, std::span<const float> dots,
                         std::int64_t first) const;
  void score_special_rows(Worker& worker, std::int64_t first, std::int64_t count) const;
  float exact_cosine(Worker& worker, std::int64_t query, std::int64_t image) const;
  void score_piece(Worker& worker, std::int64_t piece, std::int64_t first, std::int64_t count);
  void add_exponentials(std::int64_t query, std::int64_t piece, std::span<const float> cosines);
  void sum_exponentials();
  void sort_kept();

  const StoredRows& rows_;
  const TensorView<const float> queries_;
  const SearchLimits limits_;
  ThreadPool& pool_;
  const std::int64_t piece_rows_;
  RowProducts products_;
  float bound_;  ///< of the error of a cosine of RowProducts, for rows of norm 1
  std::vector<Worker> workers_;
  std::vector<ExpSum> piece_sums_;  ///< [pieces, queries]
  std::vector<ExpSum> sums_;        ///< [queries]
};

}  // namespace sightline::app
