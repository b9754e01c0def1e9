// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sightline/ops/tile_compute.h"

// Included by the files of the int8 kernels, which are compiled without contraction to fused multiply-adds
// (CMakeLists.txt): their sums are exact, and everything after them is rounded alike on all processors.
namespace sightline {
namespace {

/// Sums of products of unsigned values and signed weights. No sum of up to PanelScales::kMaxInputs products
/// overflows.
template <int lanes>
struct ByteArithmetic {
  static constexpr int kLanes = lanes, kGroup = 4, kBytes = 1, kRowBytes = 1;
  using Float = typename Vector<lanes>::Float;
  using Sum = typename Vector<lanes>::Int;
  SIGHTLINE_TARGET [[gnu::always_inline]] static Float outputs(const Tile& tile, Sum sums, int row,
                                                               int column, std::size_t bytes) {
    const QuantizedRow& scale = tile.row_scales[row];
    Sum column_sums{};
    Float column_scales{};
    std::memcpy(&column_sums, tile.column_sums + column, bytes);
    std::memcpy(&column_scales, tile.column_scales + column, bytes);
    return __builtin_convertvector(sums - column_sums * scale.zero, Float) * column_scales * scale.scale;
  }
};

// Four values of a row of x.
[[gnu::always_inline]] inline std::int32_t four_values(const std::byte* address) {
  std::int32_t values;
  std::memcpy(&values, address, sizeof values);
  return values;
}

template <class Isa, class Element>
TileKernels int8_kernels(const char* name, std::optional<CpuFeature> needed) {
  return {name, needed, DType::i8, RowForm::quantized, kByRows<Isa, Element>};
}

}  // namespace
}  // namespace sightline
