// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstring>
#include <utility>

#include "sightline/ops/gemm_tile.h"
#include "sightline/ops/vector_math.h"

/// @file
/// The kernels of matrix products as templates. Included by one file for each instruction set, which defines
/// SIGHTLINE_TARGET (vector_math.h), because a function can only be inlined into one that has the same.

namespace sightline {
namespace {

// Writes one vector of outputs. `bytes` is a constant for whole vectors: a copy whose size is known only at
// run time costs more than all the arithmetic here.
template <int kLanes>
SIGHTLINE_TARGET [[gnu::always_inline]] inline void store_lanes(const Tile& tile, const float* sums,
                                                                std::int64_t at, int column,
                                                                std::size_t bytes) {
  using Float = typename Vector<kLanes>::Float;
  using Int = typename Vector<kLanes>::Int;
  Float sum, bias{}, previous{};
  std::memcpy(&sum, sums, sizeof sum);
  if (tile.bias != nullptr) std::memcpy(&bias, tile.bias + column, bytes);
  if (tile.add_to_output) std::memcpy(&previous, tile.y + at, bytes);
  sum = sum + bias;
  if (tile.activation == Activation::quick_gelu) sum = quick_gelu_lanes<Float, Int>(sum);
  if (tile.activation == Activation::gelu) sum = gelu_lanes<Float>(sum);
  if (tile.add_to_output) sum = previous + sum;
  std::memcpy(tile.y + at, &sum, bytes);
}

// Writes the outputs of a tile, whose sums are [rows, width], from column `first` of the panel on.
template <int kLanes>
SIGHTLINE_TARGET [[gnu::noinline]] void store(const Tile& tile, const float* sums, int rows, int width,
                                              int first) {
  for (int r = 0; r < rows; ++r) {
    for (int column = first; column < first + width; column += kLanes, sums += kLanes) {
      const std::int64_t count = tile.columns - column, at = r * tile.y_stride + column;
      if (count >= kLanes) {
        store_lanes<kLanes>(tile, sums, at, column, kLanes * sizeof(float));
      } else if (count > 0) {
        store_lanes<kLanes>(tile, sums, at, column, static_cast<std::size_t>(count) * sizeof(float));
      }
    }
  }
}

// Computes kRows x (kVectors * Element::kLanes) outputs, starting at `column` of the panel. `Element` loads
// weights of one type for one instruction set:
//   kLanes                         lanes of a vector
//   kGroup                         inputs that stand side by side in the panel
//   kBytes                         bytes of a weight
//   Float load(address, member)    kLanes weights as float32, of input `member` of the group
// `kAhead` is the distance in bytes at which the panel itself is prefetched into the L1 cache, or 0.
template <class Element, int kRows, int kVectors, int kAhead>
SIGHTLINE_TARGET [[gnu::always_inline]] inline void compute(const Tile& tile, int column) {
  constexpr int kLanes = Element::kLanes, kGroup = Element::kGroup, kBytes = Element::kBytes;
  using Float = typename Vector<kLanes>::Float;
  Float sums[kRows][kVectors];
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) sums[r][v] = Float{};
  }
  const std::byte* panel = tile.panel + column * kGroup * kBytes;
  const float* x = tile.x;
  const std::byte* next = tile.next == nullptr ? panel : tile.next;
  const std::int64_t next_step = tile.next == nullptr ? 0 : tile.next_step * kGroup;
  const std::int64_t inner = tile.inner, step = tile.panel_columns * kGroup * kBytes;
  for (std::int64_t k = 0; k < inner; k += kGroup, panel += step, next += next_step) {
    if (kAhead != 0) {
#pragma GCC unroll 4
      for (int line = 0; line < kVectors * kLanes * kGroup * kBytes; line += 64)
        __builtin_prefetch(panel + kAhead + line);
    }
    __builtin_prefetch(next, 0, 2);
    __builtin_prefetch(next + 64, 0, 2);
#pragma GCC unroll 4
    for (int member = 0; member < kGroup; ++member) {
      if (member > 0 && k + member == inner) break;
      Float weights[kVectors];
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v)
        weights[v] = Element::load(panel + v * kLanes * kGroup * kBytes, member);
#pragma GCC unroll 16
      for (int r = 0; r < kRows; ++r) {
        const Float value = x[r * inner + k + member] - Float{};  // a broadcast, where 0 + x would be a sum
#pragma GCC unroll 4
        for (int v = 0; v < kVectors; ++v) sums[r][v] += value * weights[v];
      }
    }
  }
  store<kLanes>(tile, reinterpret_cast<const float*>(sums), kRows, kVectors * kLanes, column);
}

// Weights stored as float32; no instruction set needs more than a load.
template <int lanes>
struct FloatElement {
  static constexpr int kLanes = lanes, kGroup = 1, kBytes = 4;
  using Float = typename Vector<lanes>::Float;
  SIGHTLINE_TARGET [[gnu::always_inline]] static Float load(const std::byte* address, int /*member*/) {
    Float weights;
    std::memcpy(&weights, address, sizeof weights);
    return weights;
  }
};

// Weights stored as bfloat16, the upper half of a float32. Two inputs of a column share 32 bits.
template <int lanes>
struct BfloatElement {
  static constexpr int kLanes = lanes, kGroup = 2, kBytes = 2;
  using Float = typename Vector<lanes>::Float;
  using Int = typename Vector<lanes>::Int;
  SIGHTLINE_TARGET [[gnu::always_inline]] static Float load(const std::byte* address, int member) {
    Int pairs;
    std::memcpy(&pairs, address, sizeof pairs);
    return __builtin_bit_cast(Float,
                              member == 0 ? pairs << 16 : pairs & static_cast<std::int32_t>(0xffff0000));
  }
};

// Multiplies with a whole panel. `Isa` describes an instruction set:
//   kLanes        lanes of a vector
//   kMaxRows      rows of the largest tile whose sums stay in registers
//   kWholePanel   whether a tile is as wide as the panel, or 16 columns wide
//   kAhead        as for `compute`
template <class Isa, class Element, int kRows>
SIGHTLINE_TARGET void multiply(const Tile& tile) {
  constexpr int kStepVectors = static_cast<int>(PanelLayout::kStep) / Isa::kLanes;
  if constexpr (Isa::kWholePanel) {
    switch (tile.panel_columns / PanelLayout::kStep) {
      case 3:
        return compute<Element, kRows, 3 * kStepVectors, Isa::kAhead>(tile, 0);
      case 2:
        return compute<Element, kRows, 2 * kStepVectors, Isa::kAhead>(tile, 0);
      default:
        return compute<Element, kRows, kStepVectors, Isa::kAhead>(tile, 0);
    }
  } else {
    Tile part = tile;
    for (int column = 0; column < tile.columns; column += static_cast<int>(PanelLayout::kStep)) {
      compute<Element, kRows, kStepVectors, Isa::kAhead>(part, column);
      part.next = nullptr;  // prefetched with the first columns
    }
  }
}

template <class Isa, class Element, int... kRows>
constexpr auto by_rows(std::integer_sequence<int, kRows...>) {
  return std::array<void (*)(const Tile&), sizeof...(kRows)>{&multiply<Isa, Element, kRows + 1>...};
}
template <class Isa, class Element>
constexpr auto kByRows = by_rows<Isa, Element>(std::make_integer_sequence<int, Isa::kMaxRows>());

// The kernels of an instruction set for every type of weights.
template <class Isa, class HalfElement>
std::span<const TileKernels> tiles_of(const char* name, std::optional<CpuFeature> needed) {
  static const std::array<TileKernels, 3> kernels = {
      TileKernels{name, needed, DType::f32, kByRows<Isa, FloatElement<Isa::kLanes>>},
      TileKernels{name, needed, DType::f16, kByRows<Isa, HalfElement>},
      TileKernels{name, needed, DType::bf16, kByRows<Isa, BfloatElement<Isa::kLanes>>}};
  return kernels;
}

}  // namespace
}  // namespace sightline
