// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "sightline/base/cpu.h"
#include "sightline/ops/gemm.h"
#include "sightline/ops/tile_rows.h"
#include "sightline/ops/transposition.h"

namespace sightline {

/// A product of rows of x with one panel of weights (PanelLayout), and the memory to prefetch meanwhile.
struct Tile {
  const std::byte* x;      ///< [rows, inner] in the form that the kernels read, rows `x_stride` bytes apart
  float* y;                ///< first column of the panel; rows are `y_stride` floats apart
  const std::byte* panel;  ///< elements of the kernels' type
  const float* bias;       ///< bias of the panel's columns, or null
  std::int64_t inner;      ///< inputs, a multiple of the panel's group
  std::int64_t x_stride, y_stride;
  std::int64_t panel_columns;  ///< 16, 32 or 48
  std::int64_t columns;        ///< columns that y has, at most panel_columns
  Activation activation;
  bool add_to_output;  ///< adds to y before the activation
  /// Memory to prefetch, or null; advances by `next_step` (at most 128) bytes for each group.
  const std::byte* next;
  std::int64_t next_step;
  // int8 only:
  const QuantizedRow* row_scales = nullptr;   ///< of the rows of x
  const float* column_scales = nullptr;       ///< of the panel's columns
  const std::int32_t* column_sums = nullptr;  ///< of the panel's weights, over all inputs
  /// What a transposing kernel moves; it does not prefetch.
  Transposition* transposition = nullptr;
};

using TileKernel = void (*)(const Tile&);

/// Kernels for float32 panels of 48 columns that move 8 or 16 elements of a transposition for each input. By
/// rows, as in TileKernels; empty if an instruction set has none; null below 7 (8 elements) or 6 rows.
struct TransposingKernels {
  std::span<const TileKernel> eight, sixteen;
};

/// The kernels of one instruction set for weights of one element type. Every output of a tile is one chain of
/// sums over k, whatever the number of rows: the bits of a row depend on that row alone. For float32 and
/// float16 the chain consists of fused multiply-adds, and its bits are the same for every instruction set.
/// Sums of int8 are exact. Those of bfloat16 are the same wherever the arithmetic is float32's
/// (RowForm::rounded). A product of many inputs is computed by blocks of inputs, whose sums are added up in y
/// (tiled_products.cpp).
struct TileKernels {
  const char* name;
  std::optional<CpuFeature> needed;  ///< none: part of the architecture
  DType element;                     ///< of the panels
  RowForm rows;                      ///< what they read x as
  /// by_rows[rows - 1] computes y = f(x panel + bias) for `rows` rows.
  std::span<const TileKernel> by_rows;
  TransposingKernels transposing = {};
};

/// All kernels of this build in order of preference. There are kernels of int8 for every processor.
std::span<const TileKernels> tile_kernels();
/// The first of them for panels of this type that this processor supports, or null.
const TileKernels* best_tile_kernels(DType element);

/// Packs a weight matrix for these kernels: its panels are used in place if it is stored in panels of their
/// type (StoredTensor::panels), else its values are rounded to that type. `weights` [out, in] must outlive
/// the result. Errors: range if a matrix has too many inputs for int8.
std::unique_ptr<PackedMatrix> make_tiled_matrix(const StoredTensor& weights, const TileKernels& kernels);

}  // namespace sightline
