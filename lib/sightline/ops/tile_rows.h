// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "sightline/ops/context.h"
#include "sightline/ops/row_quantization.h"
#include "sightline/tensor/panel_layout.h"

namespace sightline {

/// What kernels read the rows of x as.
enum class RowForm {
  floats,     ///< x itself
  rounded,    ///< float32 values rounded to bfloat16
  bfloats,    ///< bfloat16
  quantized,  ///< bytes with a scale and a zero point for each row (QuantizedRow)
};

/// The rows of x in one of these forms.
struct TileRows {
  const std::byte* data;
  std::int64_t stride;                   ///< bytes from one row to the next
  const QuantizedRow* scales = nullptr;  ///< of quantized rows
};

/// Converts the rows of x [rows, layout.in()] for products with panels of `layout`; inputs beyond the matrix
/// are zero. `factors` [in] multiply the columns of x before they are quantized, unless they are null. A
/// row's bits depend on that row alone, and are the same on every processor. The memory is taken from
/// `frame`.
TileRows convert_rows(RowForm form, TensorView<const float> x, const PanelLayout& layout,
                      const float* factors, Scratch::Frame& frame, ThreadPool& pool);

}  // namespace sightline
