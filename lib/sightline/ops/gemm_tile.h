// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "sightline/base/cpu.h"
#include "sightline/ops/gemm.h"

namespace sightline {

/// Columns of a panel of packed weights [inner, 48]; the last panel of a matrix may have 16 or 32.
inline constexpr std::int64_t kPanelColumns = 48;
/// Columns of the narrowest panel, and what the widths of all panels divide by.
inline constexpr std::int64_t kPanelStep = 16;

/// A product of rows of x with one panel, and what to fetch meanwhile.
struct Tile {
  const float* x;      ///< [rows, inner]
  float* y;            ///< first column of the panel, rows `y_stride` apart
  const float* panel;  ///< [inner, panel_columns], 64-byte aligned
  const float* bias;   ///< of the panel's columns, or null
  std::int64_t inner, y_stride;
  std::int64_t panel_columns;  ///< 16, 32 or 48
  std::int64_t columns;        ///< that y has of them, up to panel_columns
  Activation activation;
  bool add_to_output;
  const char* next;  ///< memory that will be needed soon, or null: `next_step` bytes further for each k
  std::int64_t next_step;
};

/// The kernels of one instruction set. Every output is one chain of fused multiply-adds over k, whatever the
/// number of rows: the bits of a row depend on that row alone.
struct TileKernels {
  const char* name;
  CpuFeature needed;
  /// At [rows - 1]: y = f(x panel + bias) for `rows` rows.
  std::span<void (*const)(const Tile&)> by_rows;
};

/// All kernels of this build, best first; empty where there are none for this processor's family.
std::span<const TileKernels> tile_kernels();

/// A weight matrix multiplied by these kernels. `weights` [out, in] must outlive it.
std::unique_ptr<PackedMatrix> make_tiled_matrix(const StoredTensor& weights, const TileKernels& kernels);

}  // namespace sightline
