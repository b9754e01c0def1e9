// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>

#include "sightline/ops/gemm_tile.h"

namespace sightline {

/// A view of a weight matrix [out, in] as panels of kPanelColumns columns, each [in, width]. The last panel
/// is as narrow as kPanelStep allows; columns beyond the matrix are zero.
class WeightPanels {
 public:
  /// `bytes` holds `shape` elements of type `dtype` and must outlive this object.
  WeightPanels(DType dtype, const Shape& shape, ByteView bytes);

  std::int64_t count() const { return (out_ + kPanelColumns - 1) / kPanelColumns; }
  /// The number of columns of y that panel `index` produces, and the width of the panel itself.
  std::int64_t columns(std::int64_t index) const {
    return std::min(kPanelColumns, out_ - index * kPanelColumns);
  }
  std::int64_t width(std::int64_t index) const {
    return (columns(index) + kPanelStep - 1) / kPanelStep * kPanelStep;
  }
  /// The number of floats of one full panel, of all panels, and of the panels before panel `index`.
  std::int64_t panel_floats() const { return kPanelColumns * in_; }
  std::int64_t total_floats() const { return offset(count() - 1) + width(count() - 1) * in_; }
  std::int64_t offset(std::int64_t index) const { return index * kPanelColumns * in_; }

  /// Converts and transposes panel `index` into `panel` [in, width(index)], 64-byte aligned.
  void fill(std::int64_t index, float* panel) const;

 private:
  void fill_step(std::int64_t first, std::int64_t columns, std::int64_t width, float* panel) const;
  const float* rows_as_float(std::int64_t first, std::int64_t columns, std::int64_t k, std::int64_t depth,
                             float* buffer, std::int64_t& stride) const;

  DType dtype_;
  std::int64_t out_, in_;
  ByteView bytes_;
  const float* floats_;  // the bytes, if they can be used as floats in place
};

}  // namespace sightline
