// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "sightline/ops/transposition.h"
#include "sightline/tensor/stored_tensor.h"

namespace sightline {

/// A weight matrix [out, in] in rows, to be rearranged into panels.
class WeightPanels {
 public:
  /// `rows` holds the elements of a matrix of `shape` [out, ...] in type `dtype` and must outlive this
  /// object. Errors: as PanelLayout.
  WeightPanels(DType dtype, const Shape& shape, ByteView rows);

  /// The layout of the float32 panels that `fill` writes.
  const PanelLayout& layout() const { return layout_; }
  /// Converts and transposes panel `index` into `panel` [in, layout().width(index)], 64-byte aligned.
  void fill(std::int64_t index, float* panel) const;
  /// A transposition that makes the same panel, or none if the rows or the panel do not allow it.
  std::optional<Transposition> transposition(std::int64_t index, float* panel) const;
  /// The rows that panel `index` is made from; empty beyond the last panel.
  ByteView rows_of(std::int64_t index) const;

 private:
  void fill_step(std::int64_t first, std::int64_t columns, std::int64_t width, float* panel) const;
  const float* rows_as_float(std::int64_t first, std::int64_t columns, std::int64_t k, std::int64_t depth,
                             float* buffer, std::int64_t& stride) const;

  PanelLayout layout_;
  DType dtype_;
  ByteView bytes_;
  const float* floats_;  // the bytes, if they can be used as floats in place
};

/// Rounds a float32 panel [in, layout.width(index)] to nearest even and writes it as panel `index` of
/// `layout` to `out`. Errors: unsupported for int8, which needs scales.
void store_panel(const float* panel, const PanelLayout& layout, std::int64_t index, std::byte* out);

/// Rearranges a weight matrix [out, ...] into panels of `layout`, whose element type it is rounded to (to
/// nearest even). Errors: mismatch if the layout is that of another matrix or `panels` has another size than
/// layout.byte_size(); type if the weights are not floating-point; unsupported for int8 panels.
void rows_to_panels(const StoredTensor& weights, const PanelLayout& layout, std::span<std::byte> panels);

}  // namespace sightline
