// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "sightline/weights/weights.h"

namespace sightline {

/// A table of vectors, one for each index. Weight: `weight` [rows, W]. Only the rows that are asked for are
/// read, so a memory-mapped table stays on disk for the rest.
/// Source:  torch.nn.Embedding.
class Embedding {
 public:
  Embedding(const WeightScope& scope, std::int64_t rows, std::int64_t width);

  /// Row `index` into `out` (W floats). Errors: range when the index is not a row; mismatch for another
  /// number of floats.
  void lookup(std::int64_t index, std::span<float> out) const;
  /// The same row, added to `out`. Errors: as `lookup`.
  void add(std::int64_t index, std::span<float> out) const;

 private:
  void check_width(std::size_t size) const;
  StoredTensor row(std::int64_t index) const;

  StoredTensor table_;
};

}  // namespace sightline
