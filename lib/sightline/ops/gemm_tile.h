// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "sightline/base/cpu.h"
#include "sightline/ops/gemm.h"

namespace sightline {

/// A product of rows of x with one panel of weights (PanelLayout), and the memory to prefetch meanwhile.
struct Tile {
  const float* x;          ///< [rows, inner]
  float* y;                ///< first column of the panel; rows are `y_stride` apart
  const std::byte* panel;  ///< elements of the kernels' type
  const float* bias;       ///< bias of the panel's columns, or null
  std::int64_t inner, y_stride;
  std::int64_t panel_columns;  ///< 16, 32 or 48
  std::int64_t columns;        ///< columns that y has, at most panel_columns
  Activation activation;
  bool add_to_output;
  const std::byte*
      next;  ///< memory to prefetch, or null; advances by `next_step` (at most 128) bytes for each k
  std::int64_t next_step;
};

/// The kernels of one instruction set for weights of one element type. Every output is one chain of fused
/// multiply-adds over k, whatever the number of rows and the instruction set: the bits of a row depend on
/// that row alone.
struct TileKernels {
  const char* name;
  std::optional<CpuFeature> needed;  ///< none: part of the architecture
  DType element;                     ///< of the panels
  /// by_rows[rows - 1] computes y = f(x panel + bias) for `rows` rows.
  std::span<void (*const)(const Tile&)> by_rows;
};

/// All kernels of this build in order of preference; empty if this processor family has none.
std::span<const TileKernels> tile_kernels();
/// The first of them for panels of this type that this processor supports, or null.
const TileKernels* best_tile_kernels(DType element);

/// Packs a weight matrix for these kernels: those of float32, or those of the panels that it is stored in
/// (StoredTensor::panels). `weights` [out, in] must outlive the result.
std::unique_ptr<PackedMatrix> make_tiled_matrix(const StoredTensor& weights, const TileKernels& kernels);

}  // namespace sightline
