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

constexpr int kLanes = 16;
using Float = Vector<kLanes>::Float;
using Int = Vector<kLanes>::Int;
using Bytes [[gnu::vector_size(kLanes)]] = std::uint8_t;

struct Range {
  float low = 0, high = 0;
  bool finite = true;
};

// Up to 16 values from index k on; missing ones are zero. The sizes of whole vectors are constants.
[[gnu::always_inline]] inline void load(const float* x, const float* factors, std::int64_t k,
                                        std::int64_t count, Float& values) {
  Float scale{};
  values = Float{};
  if (count >= k + kLanes) {
    std::memcpy(&values, x + k, sizeof values);
    if (factors != nullptr) std::memcpy(&scale, factors + k, sizeof scale);
  } else {
    const auto bytes = static_cast<std::size_t>(count - k) * sizeof(float);
    std::memcpy(&values, x + k, bytes);
    if (factors != nullptr) std::memcpy(&scale, factors + k, bytes);
  }
  if (factors != nullptr) values = values * scale;
}

[[gnu::always_inline]] inline void find_range(const float* x, const float* factors, std::int64_t count,
                                              Range* range) {
  Float low{}, high{}, values;
  Int invalid{};
  for (std::int64_t k = 0; k < count; k += kLanes) {
    load(x, factors, k, count, values);
    low = values < low ? values : low;
    high = values > high ? values : high;
    invalid |= (values - values) != Float{};  // infinity and NaN
  }
  for (int lane = 0; lane < kLanes; ++lane) {
    range->low = std::min(range->low, low[lane]);
    range->high = std::max(range->high, high[lane]);
    if (invalid[lane] != 0) range->finite = false;
  }
}

// Adding 1.5 * 2^23 rounds to an integer in the low bits.
constexpr float kRounding = 12582912.0F;
constexpr std::int32_t kRoundingBits = 0x4b400000;

[[gnu::always_inline]] inline void round_values(const float* x, const float* factors, std::int64_t count,
                                                float steps_per_unit, std::int32_t zero,
                                                std::uint8_t* bytes) {
  Float values;
  for (std::int64_t k = 0; k < count; k += kLanes) {
    load(x, factors, k, count, values);
    Int steps = __builtin_bit_cast(Int, values * steps_per_unit + kRounding) - kRoundingBits + zero;
    steps = steps < 0 ? Int{} : steps;
    steps = steps > 255 ? Int{} + 255 : steps;
    const Bytes narrow = __builtin_convertvector(steps, Bytes);
    if (count >= k + kLanes) {
      std::memcpy(bytes + k, &narrow, sizeof narrow);
    } else {
      std::memcpy(bytes + k, &narrow, static_cast<std::size_t>(count - k));
    }
  }
}

}  // namespace

QuantizedRow quantize_row(std::span<const float> x, const float* factors, std::span<std::uint8_t> bytes) {
  constexpr float kSteps = 255, kSmallest = 0x1p-100F;
  Range range;
  ByCpu<find_range>::call(x.data(), factors, std::ssize(x), &range);
  const float width = range.high - range.low;
  if (!range.finite || width > std::numeric_limits<float>::max() || width < kSmallest) {
    std::fill(bytes.begin(), bytes.end(), std::uint8_t{0});
    const bool zeros = range.finite && width < kSmallest;
    return {zeros ? 0.0F : std::numeric_limits<float>::quiet_NaN(), 0};
  }
  const float steps_per_unit = kSteps / width;
  const float zero = -range.low * steps_per_unit + kRounding;
  const std::int32_t zero_step = __builtin_bit_cast(std::int32_t, zero) - kRoundingBits;
  ByCpu<round_values>::call(x.data(), factors, std::ssize(x), steps_per_unit, zero_step, bytes.data());
  std::fill(bytes.begin() + std::ssize(x), bytes.end(), static_cast<std::uint8_t>(zero_step));
  return {width / kSteps, zero_step};
}

}  // namespace sightline
