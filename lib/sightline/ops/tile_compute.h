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
template <class Element>
SIGHTLINE_TARGET [[gnu::always_inline]] inline void store_lanes(const Tile& tile,
                                                                const typename Element::Sum& sums, int row,
                                                                int column, std::size_t bytes) {
  using Float = typename Vector<Element::kLanes>::Float;
  using Int = typename Vector<Element::kLanes>::Int;
  float* y = tile.y + row * tile.y_stride + column;
  Float bias{}, previous{};
  if (tile.bias != nullptr) std::memcpy(&bias, tile.bias + column, bytes);
  if (tile.add_to_output) std::memcpy(&previous, y, bytes);
  Float sum = Element::outputs(tile, sums, row, column, bytes) + bias;
  if (tile.add_to_output) sum = previous + sum;
  if (tile.activation == Activation::quick_gelu) sum = quick_gelu_lanes<Float, Int>(sum);
  if (tile.activation == Activation::gelu) sum = gelu_lanes<Float>(sum);
  if (tile.activation == Activation::gelu_tanh) sum = gelu_tanh_lanes<Float, Int>(sum);
  std::memcpy(y, &sum, bytes);
}

// Writes the outputs of a tile, whose sums are [rows, width], from column `first` of the panel on.
template <class Element>
SIGHTLINE_TARGET [[gnu::noinline]] void store(const Tile& tile, const typename Element::Sum* sums, int rows,
                                              int width, int first) {
  constexpr int kLanes = Element::kLanes;
  for (int r = 0; r < rows; ++r) {
    for (int column = first; column < first + width; column += kLanes, ++sums) {
      const std::int64_t count = tile.columns - column;
      if (count >= kLanes) {
        store_lanes<Element>(tile, *sums, r, column, kLanes * sizeof(float));
      } else if (count > 0) {
        store_lanes<Element>(tile, *sums, r, column, static_cast<std::size_t>(count) * sizeof(float));
      }
    }
  }
}

// Keeps a sum in one register: otherwise g++ moves sums among registers and the stack when a group is
// multiplied in several steps.
template <class Sum>
SIGHTLINE_TARGET [[gnu::always_inline]] inline Sum in_register(Sum sum) {
#if defined(__x86_64__)
  asm("" : "+v"(sum));
#elif defined(__aarch64__)
  asm("" : "+w"(sum));
#endif
  return sum;
}

// Fetches the cache lines of the outputs, to write them. They are needed when the sums are complete, and
// would be waited for then: the rows are far apart, and another thread may have written them last.
template <int kRows, int kColumns>
SIGHTLINE_TARGET [[gnu::always_inline]] inline void prefetch_outputs(const Tile& tile, int column) {
  constexpr int kLineFloats = 16;
  const float* y = tile.y + column;
  for (int r = 0; r < kRows; ++r, y += tile.y_stride) {
#pragma GCC unroll 4
    for (int i = 0; i < kColumns; i += kLineFloats) __builtin_prefetch(y + i, 1, 2);
  }
}

/// Computes kRows x (kVectors * Element::kLanes) outputs, starting at `column` of the panel. `Element` is the
/// arithmetic of one instruction set with weights of one type:
///   kLanes                             lanes of a vector of sums
///   kGroup, kBytes                     inputs that stand side by side in the panel; bytes of a weight
///   kRowBytes                          bytes of a value of x
///   kSteps                             steps in which a group is multiplied
///   Sum                                a vector of sums, which are zero at first
///   Weights load(address, step)        the weights of kLanes columns
///   Value value(address, step)         the values of a row of x, for all lanes
///   Sum add(sum, value, weights)       sum + value * weights
///   Float outputs(tile, sums, row, column, bytes)   the sums as float32, before the bias is added
/// `kAhead` is the distance in bytes at which the panel itself is prefetched into the L1 cache, or 0.
/// `kMoved` is the number of elements of `tile.transposition` that are moved for each group: 0, 8 or 16.
template <class Element, int kRows, int kVectors, int kAhead, int kMoved = 0>
SIGHTLINE_TARGET [[gnu::always_inline]] inline void compute(const Tile& tile, int column) {
  constexpr int kGroup = Element::kGroup, kVectorBytes = Element::kLanes * kGroup * Element::kBytes;
  using Sum = typename Element::Sum;
  prefetch_outputs<kRows, kVectors * Element::kLanes>(tile, column);
  Sum sums[kRows][kVectors];
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) sums[r][v] = Sum{};
  }
  const std::byte* panel = tile.panel + column * kGroup * Element::kBytes;
  const std::byte* x = tile.x;
  const std::byte* next = tile.next == nullptr ? panel : tile.next;
  const std::int64_t next_step = tile.next == nullptr ? 0 : tile.next_step;
  const std::int64_t stride = tile.x_stride, step = tile.panel_columns * kGroup * Element::kBytes;
  Transposition transposition = kMoved == 0 ? Transposition{} : *tile.transposition;
  for (std::int64_t groups = tile.inner / kGroup; groups > 0; --groups) {
    if (kAhead != 0) {
#pragma GCC unroll 4
      for (int line = 0; line < kVectors * kVectorBytes; line += 64)
        __builtin_prefetch(panel + kAhead + line);
    }
    if (kMoved == 0) {
      __builtin_prefetch(next, 0, 2);
      __builtin_prefetch(next + 64, 0, 2);
    }
#pragma GCC unroll 4
    for (int part = 0; part < Element::kSteps; ++part) {
      // Weights are loaded again in each step, not kept from the step before.
      if (part > 0) asm("" : "+r"(panel), "+r"(x));
      typename Element::Weights weights[kVectors];
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) weights[v] = Element::load(panel + v * kVectorBytes, part);
#pragma GCC unroll 16
      for (int r = 0; r < kRows; ++r) {
        const auto value = Element::value(x + r * stride, part);
#pragma GCC unroll 4
        for (int v = 0; v < kVectors; ++v) {
          const Sum sum = Element::add(sums[r][v], value, weights[v]);
          sums[r][v] = Element::kSteps > 1 ? in_register(sum) : sum;
        }
      }
    }
    if constexpr (kMoved != 0) transposition.move<kMoved>();
    x += kGroup * Element::kRowBytes;
    panel += kMoved != 0 ? kVectors * kVectorBytes : step;
    next += next_step;
  }
  if (kMoved != 0) *tile.transposition = transposition;
  store<Element>(tile, &sums[0][0], kRows, kVectors * Element::kLanes, column);
}

// Float32 arithmetic: a chain of multiply-adds, which the compiler fuses where the instruction set can.
template <int lanes>
struct FloatArithmetic {
  static constexpr int kLanes = lanes, kRowBytes = 4;
  using Float = typename Vector<lanes>::Float;
  using Sum = Float;
  using Weights = Float;
  SIGHTLINE_TARGET [[gnu::always_inline]] static Float value(const std::byte* address, int part) {
    float number;
    std::memcpy(&number, address + part * kRowBytes, sizeof number);
    return number - Float{};  // a broadcast, where 0 + number would be a sum
  }
  SIGHTLINE_TARGET [[gnu::always_inline]] static Float add(Float sum, Float value, Float weights) {
    return sum + value * weights;
  }
  SIGHTLINE_TARGET [[gnu::always_inline]] static Float outputs(const Tile& /*tile*/, Float sums, int /*row*/,
                                                               int /*column*/, std::size_t /*bytes*/) {
    return sums;
  }
};

// Weights stored as float32; no instruction set needs more than a load.
template <int lanes>
struct FloatElement : FloatArithmetic<lanes> {
  static constexpr int kGroup = 1, kBytes = 4, kSteps = 1;
  using Float = typename Vector<lanes>::Float;
  SIGHTLINE_TARGET [[gnu::always_inline]] static Float load(const std::byte* address, int /*part*/) {
    Float weights;
    std::memcpy(&weights, address, sizeof weights);
    return weights;
  }
};

// Weights stored as bfloat16, the upper half of a float32. Two inputs of a column share 32 bits.
template <int lanes>
struct BfloatElement : FloatArithmetic<lanes> {
  static constexpr int kGroup = 2, kBytes = 2, kSteps = 2;
  using Float = typename Vector<lanes>::Float;
  using Int = typename Vector<lanes>::Int;
  SIGHTLINE_TARGET [[gnu::always_inline]] static Float load(const std::byte* address, int part) {
    Int pairs;
    std::memcpy(&pairs, address, sizeof pairs);
    // By shifts, which the compiler may not replace by a mask, because a mask would take a register.
    return __builtin_bit_cast(Float, (part == 0 ? pairs : in_register(pairs >> 16)) << 16);
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
  return std::array<TileKernel, sizeof...(kRows)>{&multiply<Isa, Element, kRows + 1>...};
}
template <class Isa, class Element>
constexpr auto kByRows = by_rows<Isa, Element>(std::make_integer_sequence<int, Isa::kMaxRows>());

// Multiplies with a whole panel of 48 columns, and transposes `kMoved` elements for each input.
template <class Isa, int kRows, int kMoved>
SIGHTLINE_TARGET void multiply_moving(const Tile& tile) {
  constexpr int kVectors = static_cast<int>(PanelLayout::kColumns) / Isa::kLanes;
  compute<FloatElement<Isa::kLanes>, kRows, kVectors, Isa::kAhead, kMoved>(tile, 0);
}

// The tiles of a product that is long enough to transpose a panel have at least 7 or 6 rows.
template <class Isa, int kMoved, int kRows>
constexpr TileKernel moving_kernel() {
  if constexpr (kRows >= (kMoved == 8 ? 7 : 6)) return &multiply_moving<Isa, kRows, kMoved>;
  return nullptr;
}

template <class Isa, int kMoved, int... kRows>
constexpr auto moving_by_rows(std::integer_sequence<int, kRows...>) {
  return std::array<TileKernel, sizeof...(kRows)>{moving_kernel<Isa, kMoved, kRows + 1>()...};
}
template <class Isa, int kMoved>
constexpr auto kMovingByRows = moving_by_rows<Isa, kMoved>(std::make_integer_sequence<int, Isa::kMaxRows>());

template <class Isa>
constexpr TransposingKernels transposing_kernels() {
  if constexpr (Isa::kWholePanel) return {kMovingByRows<Isa, 8>, kMovingByRows<Isa, 16>};
  return {};
}

// The kernels of an instruction set with float32 arithmetic.
template <class Isa, class HalfElement>
std::span<const TileKernels> tiles_of(const char* name, std::optional<CpuFeature> needed) {
  static const std::array<TileKernels, 3> kernels = {
      TileKernels{name, needed, DType::f32, RowForm::floats, kByRows<Isa, FloatElement<Isa::kLanes>>,
                  transposing_kernels<Isa>()},
      TileKernels{name, needed, DType::f16, RowForm::floats, kByRows<Isa, HalfElement>},
      TileKernels{name, needed, DType::bf16, RowForm::rounded, kByRows<Isa, BfloatElement<Isa::kLanes>>}};
  return kernels;
}

}  // namespace
}  // namespace sightline
