// SPDX-License-Identifier: Apache-2.0
// Compiled without contraction to fused multiply-adds (CMakeLists.txt), so that all processors round alike.
#include "sightline/ops/row_quantization.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "sightline/base/by_cpu.h"
#include "sightline/ops/vector_math.h"

namespace sightline {
namespace {

struct Range {
  float low = 0, high = 0;
  bool finite = true;
};

// `count` values (at most a vector); missing ones are zero. The size of a whole vector is a constant.
template <bool kScaled, class Float>
[[gnu::always_inline]] inline void load(const float* x, const float* factors, std::int64_t count,
                                        Float& values) {
  constexpr auto kLanes = static_cast<std::int64_t>(sizeof(Float) / sizeof(float));
  Float scale{};
  values = Float{};
  if (count == kLanes) {
    std::memcpy(&values, x, sizeof values);
    if constexpr (kScaled) std::memcpy(&scale, factors, sizeof scale);
  } else {
    const auto bytes = static_cast<std::size_t>(count) * sizeof(float);
    std::memcpy(&values, x, bytes);
    if constexpr (kScaled) std::memcpy(&scale, factors, bytes);
  }
  if constexpr (kScaled) values = values * scale;
}

// The smallest and the largest values so far, in which infinity and NaN do not count, and the sum of
// differences that are NaN for these and else 0. None of them depends on the order of the values.
template <class Float>
struct Extremes {
  Float low{}, high{}, differences{};

  [[gnu::always_inline]] void add(const Float& values) {
    low = values < low ? values : low;
    high = values > high ? values : high;
    differences += values - values;
  }
  [[gnu::always_inline]] void add(const Extremes& other) {
    low = other.low < low ? other.low : low;
    high = other.high > high ? other.high : high;
    differences += other.differences;
  }
};

// Four vectors at a time, because each of their results is a chain of operations.
template <int kWidth, bool kScaled>
[[gnu::always_inline]] inline void find_range(const float* x, const float* factors, std::int64_t count,
                                              Range* range) {
  using Float = typename Vector<kWidth>::Float;
  constexpr std::int64_t kLanes = kWidth, kStep = 4 * kLanes, kLine = 16;
  constexpr std::int64_t kAhead = 512;  // 2 KiB; the rows of a task follow each other
  Extremes<Float> first, second, third, fourth;
  const auto add = [&](std::int64_t k, std::int64_t size, Extremes<Float> & to)
      __attribute__((always_inline)) {
    Float values;
    load<kScaled>(x + k, factors + (kScaled ? k : 0), size, values);
    to.add(values);
  };
  std::int64_t k = 0;
  for (; k + kStep <= count; k += kStep) {
#pragma GCC unroll 4
    for (std::int64_t line = 0; line < kStep; line += kLine) __builtin_prefetch(x + k + kAhead + line);
    add(k, kLanes, first);
    add(k + kLanes, kLanes, second);
    add(k + 2 * kLanes, kLanes, third);
    add(k + 3 * kLanes, kLanes, fourth);
  }
  for (; k + kLanes <= count; k += kLanes) add(k, kLanes, first);
  if (k < count) add(k, count - k, second);
  first.add(second);
  third.add(fourth);
  first.add(third);
  for (int lane = 0; lane < kWidth; ++lane) {
    range->low = std::min(range->low, first.low[lane]);
    range->high = std::max(range->high, first.high[lane]);
    if (first.differences[lane] != 0) range->finite = false;
  }
}

// Adding 1.5 * 2^23 rounds to an integer in the low bits.
constexpr float kRounding = 12582912.0F;
constexpr std::int32_t kRoundingBits = 0x4b400000;

template <int kWidth, bool kScaled>
[[gnu::always_inline]] inline void round_values(const float* x, const float* factors, std::int64_t count,
                                                float steps_per_unit, std::int32_t zero,
                                                std::uint8_t* bytes) {
  using Float = typename Vector<kWidth>::Float;
  using Int = typename Vector<kWidth>::Int;
  using Bytes [[gnu::vector_size(kWidth)]] = std::uint8_t;
  constexpr std::int64_t kLanes = kWidth;
  const auto round = [&](std::int64_t k, std::int64_t size, Bytes & narrow) __attribute__((always_inline)) {
    Float values;
    load<kScaled>(x + k, factors + (kScaled ? k : 0), size, values);
    Int steps = __builtin_bit_cast(Int, values * steps_per_unit + kRounding) - kRoundingBits + zero;
    steps = steps < 0 ? Int{} : steps;
    steps = steps > 255 ? Int{} + 255 : steps;
    narrow = __builtin_convertvector(steps, Bytes);
  };
  Bytes narrow;
  std::int64_t k = 0;
  for (; k + kLanes <= count; k += kLanes) {
    round(k, kLanes, narrow);
    std::memcpy(bytes + k, &narrow, sizeof narrow);
  }
  if (k == count) return;
  round(k, count - k, narrow);
  std::memcpy(bytes + k, &narrow, static_cast<std::size_t>(count - k));
}

template <bool kScaled>
QuantizedRow quantize(std::span<const float> x, const float* factors, std::span<std::uint8_t> bytes) {
  constexpr float kSteps = 255, kSmallest = 0x1p-100F;
  Range range;
  ByLevel<find_range<4, kScaled>, find_range<8, kScaled>, find_range<16, kScaled>>::call(
      x.data(), factors, std::ssize(x), &range);
  const float width = range.high - range.low;
  if (!range.finite || width > std::numeric_limits<float>::max() || width < kSmallest) {
    std::fill(bytes.begin(), bytes.end(), std::uint8_t{0});
    const bool zeros = range.finite && width < kSmallest;
    return {zeros ? 0.0F : std::numeric_limits<float>::quiet_NaN(), 0};
  }
  const float steps_per_unit = kSteps / width;
  const float zero = -range.low * steps_per_unit + kRounding;
  const std::int32_t zero_step = __builtin_bit_cast(std::int32_t, zero) - kRoundingBits;
  ByLevel<round_values<4, kScaled>, round_values<8, kScaled>, round_values<16, kScaled>>::call(
      x.data(), factors, std::ssize(x), steps_per_unit, zero_step, bytes.data());
  std::fill(bytes.begin() + std::ssize(x), bytes.end(), static_cast<std::uint8_t>(zero_step));
  return {width / kSteps, zero_step};
}

}  // namespace

QuantizedRow quantize_row(std::span<const float> x, const float* factors, std::span<std::uint8_t> bytes) {
  return factors == nullptr ? quantize<false>(x, factors, bytes) : quantize<true>(x, factors, bytes);
}

}  // namespace sightline
