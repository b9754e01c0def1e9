// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "sightline/weights/weights.h"

namespace sightline {

/// A table of vectors, one per index. Weight: `weight` [rows, W]. Only the rows that are looked up are read,
/// so the rest of a memory-mapped table stays on disk, and a table of int8 panels, with a scale for each row,
/// is never expanded. Source:  torch.nn.Embedding.
class Embedding {
 public:
  Embedding(const WeightScope& scope, std::int64_t rows, std::int64_t width);

  /// Copies row `index` into `out` (W floats). Errors: range if there is no such row; mismatch if `out` has
  /// another size.
  void lookup(std::int64_t index, std::span<float> out) const;
  /// Adds row `index` to `out`. Errors: as `lookup`.
  void add(std::int64_t index, std::span<float> out) const;

 private:
  void check(std::int64_t index, std::size_t size) const;
  void read(std::int64_t index, std::size_t begin, std::span<float> out) const;

  StoredTensor table_;
};

}  // namespace sightline
