// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "sightline/tensor/panel_layout.h"

namespace sightline {

/// A float32 panel of 48 columns that is made from rows of weights, a few elements at a time, while another
/// panel is multiplied. The moves are loads and stores of general registers, which the product leaves unused:
/// they take no time of their own, where a transposition by vectors took a fifth of a cold run.
struct Transposition {
  /// Whether panel `index` of this layout can be made this way.
  static bool supports(const PanelLayout& layout, std::int64_t index) {
    return layout.columns(index) == PanelLayout::kColumns && layout.in() % 16 == 0;
  }

  const float* source;  ///< the next elements
  float* target;        ///< where the first of them belongs
  std::int64_t stride;  ///< from a row of the source to the next, in floats
  /// Rows whose elements of these inputs have not been moved.
  std::int64_t rows = PanelLayout::kColumns;

  /// Moves `kMoved` elements (8 or 16, always the same) of a row, and goes on to the next row.
  template <int kMoved>
  [[gnu::always_inline]] void move() {
    constexpr std::int64_t kWidth = PanelLayout::kColumns;
#pragma GCC unroll 8
    for (int i = 0; i < kMoved; i += 2) {
      std::uint64_t pair;
      __builtin_memcpy(&pair, source + i, sizeof pair);
      asm("" : "+r"(pair));  // keeps the compiler from moving the elements as vectors
      const auto low = static_cast<std::uint32_t>(pair), high = static_cast<std::uint32_t>(pair >> 32);
      __builtin_memcpy(target + i * kWidth, &low, sizeof low);
      __builtin_memcpy(target + (i + 1) * kWidth, &high, sizeof high);
    }
    // The end of the next 16 elements of this row: their beginning may be in the line that has just been
    // read, because rows in a file are seldom aligned.
    __builtin_prefetch(source + 31, 0, 2);
    source += stride;
    ++target;
    if (--rows > 0) return;
    rows = kWidth;
    source += kMoved - kWidth * stride;
    target += (kMoved - 1) * kWidth;
  }
};

}  // namespace sightline
