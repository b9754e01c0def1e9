// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "sightline/base/cpu.h"
#include "sightline/ops/row_products.h"

namespace sightline {

inline constexpr int kTileRows = 4;  ///< stored rows that are multiplied at a time
/// Lanes of the widest and the narrowest vectors of the kernels. Queries are padded to the widest.
inline constexpr std::int64_t kWidestRowVector = 16, kNarrowestRowVector = 4;

/// Some stored rows and the queries that they are multiplied with.
struct RowTile {
  const std::byte* rows[kTileRows];
  std::int64_t width;     ///< numbers per row
  const std::byte* next;  ///< memory to prefetch; advances by `next_step` bytes for each vector
  std::int64_t next_step;
  const float* queries;  ///< first query of the tile
  std::int64_t padded;   ///< floats from one query to the next
  float* dots;           ///< of the first row and query
  std::int64_t stride;   ///< floats from the dots of one query to those of the next
  float* squares;        ///< of the first row
};

/// Multiplies the rows of a block with `count` queries, starting with those of `tile`, whose rows and `next`
/// the kernel sets itself. `RowProducts::multiply` describes the result.
using RowKernel = void (*)(const RowBlock& block, const RowTile& tile, std::int64_t count);

/// The fastest kernel for these features.
RowKernel choose_row_kernel(CpuFeatures features);

}  // namespace sightline
