// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "sightline/nn/layer.h"

namespace sightline {

/// A table of vectors by id, as keras.layers.Embedding. Only the rows asked for are read, so a mapped table
/// stays on disk for the rest.
class Embedding : public Layer {
 public:
  Embedding(const WeightScope& scope, std::int64_t rows, std::int64_t width);
  /// Row `index` into `out` (W floats). Errors: range when the index is not a row; mismatch for another
  /// number of floats.
  void lookup(std::int64_t index, std::span<float> out) const;
  /// The same row, added to `out`.
  void add(std::int64_t index, std::span<float> out) const;
  /// Ids [...] -> [..., W].
  Shape compute_output_shape(const Shape& input_shape) const override;

 private:
  void check_width(std::size_t size) const;
  StoredTensor row(std::int64_t index) const;

  const StoredTensor& table_;
};

}  // namespace sightline
