// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>
#include <limits>

#include "sightline/ops/double_lanes.h"
#include "sightline/ops/vector_math.h"

namespace sightline {

/// The largest lane.
[[gnu::always_inline]] inline float largest_lane(Vector<4>::Float v) {
  const float a = v[0] > v[1] ? v[0] : v[1], b = v[2] > v[3] ? v[2] : v[3];
  return a > b ? a : b;
}

[[gnu::always_inline]] inline float largest_lane(Vector<8>::Float v) {
  const Vector<4>::Float low = __builtin_shufflevector(v, v, 0, 1, 2, 3);
  const Vector<4>::Float high = __builtin_shufflevector(v, v, 4, 5, 6, 7);
  return largest_lane(low > high ? low : high);
}

[[gnu::always_inline]] inline float largest_lane(Vector<16>::Float v) {
  const Vector<8>::Float low = __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7);
  const Vector<8>::Float high = __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15);
  return largest_lane(low > high ? low : high);
}

/// `a` where the bits of `mask` are set, else `b`. By bits: g++ 12 fails on a stored comparison when it
/// compiles for AVX-512 without optimisation.
template <class Float, class Int>
[[gnu::always_inline]] inline Float select(Int mask, Float a, Float b) {
  return __builtin_bit_cast(Float,
                            (__builtin_bit_cast(Int, a) & mask) | (__builtin_bit_cast(Int, b) & ~mask));
}

/// In-place softmax over the first `count` (at least 1) values of a row, in registers of kWidth floats; the
/// maximum is subtracted first. The memory of the row is a multiple of 16 floats, and the rest of the last 16
/// becomes zero. The bits depend on these values alone.
template <int kWidth>
[[gnu::always_inline]] inline void softmax_lanes(float* row, std::int64_t count) {
  using Float = typename Vector<kWidth>::Float;
  using Int = typename Vector<kWidth>::Int;
  const std::int64_t last = (count - 1) / kWidth * kWidth, padded = (count + 15) / 16 * 16;
  Int used{};  // of the last vector
  for (int i = 0; i < kWidth; ++i) used[i] = i;
  used = (used - static_cast<std::int32_t>(count - last)) >> 31;
  Float largest = Float{} - std::numeric_limits<float>::infinity(), values;
  for (std::int64_t i = 0; i <= last; i += kWidth) {
    std::memcpy(&values, row + i, sizeof values);
    if (i == last) {
      values = select(used, values, largest);
      std::memcpy(row + i, &values, sizeof values);
    }
    largest = values > largest ? values : largest;
  }
  const Float offset = Float{} + largest_lane(largest);
  for (std::int64_t i = 0; i <= last; i += kWidth) {
    std::memcpy(&values, row + i, sizeof values);
    values = exp_lanes<Float, Int>(values - offset);
    if (i == last) values = select(used, values, Float{});
    std::memcpy(row + i, &values, sizeof values);
  }
  values = Float{};
  for (std::int64_t i = last + kWidth; i < padded; i += kWidth) std::memcpy(row + i, &values, sizeof values);
  DoubleSums<kWidth> sums;
  for (std::int64_t i = 0; i < padded; i += 16) sums.add(row + i);
  const Float scale = Float{} + static_cast<float>(1.0 / sums.total(0));
  for (std::int64_t i = 0; i <= last; i += kWidth) {
    std::memcpy(&values, row + i, sizeof values);
    values *= scale;
    std::memcpy(row + i, &values, sizeof values);
  }
}

}  // namespace sightline
