// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>
#include <limits>

// A file of one instruction set defines the attribute that compiles these functions for its instructions: a
// vector cannot be passed between functions of different instruction sets.
#ifndef SIGHTLINE_TARGET
#define SIGHTLINE_TARGET
#endif

namespace sightline {

/// Vectors of 4, 8 or 16 lanes (a GCC and clang extension); arithmetic is element by element.
template <int kLanes>
struct Vector {
  using Float [[gnu::vector_size(kLanes * 4)]] = float;
  using Int [[gnu::vector_size(kLanes * 4)]] = std::int32_t;
  using Double [[gnu::vector_size(kLanes * 8)]] = double;
};

/// exp of each lane, accurate to about 1 ulp; arguments are clamped to [-87, 88].
/// 2^n * exp(r), n = round(x / ln 2), r in two parts (Cody and Waite 1980), exp(r) by its Taylor polynomial.
template <class Float, class Int>
SIGHTLINE_TARGET [[gnu::always_inline]] inline Float exp_lanes(Float x) {
  x = x < -87.0F ? Float{} - 87.0F : x;
  x = x > 88.0F ? Float{} + 88.0F : x;
  const Float shifted = x * 1.44269504F + 12582912.0F;  // adding 1.5 * 2^23 rounds to an integer in the low
                                                        // bits
  const Float n = shifted - 12582912.0F;
  const Float r = (x - n * 0.693359375F) - n * -2.12194440e-4F;
  Float p = r * (1.0F / 5040.0F) + (1.0F / 720.0F);
  p = p * r + (1.0F / 120.0F);
  p = p * r + (1.0F / 24.0F);
  p = p * r + (1.0F / 6.0F);
  p = p * r + 0.5F;
  p = p * (r * r) + r + 1.0F;
  const Int exponent = (__builtin_bit_cast(Int, shifted) + 127) << 23;
  return p * __builtin_bit_cast(Float, exponent);  // the built-in: without optimisation std::bit_cast is a
                                                   // call with another ABI
}

/// erf of each lane as x P(x^2) / Q(x^2), |x| <= 4: the rational approximation that Eigen and XLA use.
template <class Float>
SIGHTLINE_TARGET [[gnu::always_inline]] inline Float erf_lanes(Float x) {
  x = x < -4.0F ? Float{} - 4.0F : x;
  x = x > 4.0F ? Float{} + 4.0F : x;
  const Float s = x * x;
  Float p = s * -2.72614225801306e-10F + 2.77068142495902e-08F;
  p = p * s - 2.10102402082508e-06F;
  p = p * s - 5.69250639462346e-05F;
  p = p * s - 7.34990630326855e-04F;
  p = p * s - 2.95459980854025e-03F;
  p = p * s - 1.60960333262415e-02F;
  Float q = s * -1.45660718464996e-05F - 2.13374055278905e-04F;
  q = q * s - 1.68282697438203e-03F;
  q = q * s - 7.37332916720468e-03F;
  q = q * s - 1.42647390514189e-02F;
  return x * p / q;
}

/// x * sigmoid(1.702 x). Source: OpenAI CLIP, model.py `QuickGELU`.
template <class Float, class Int>
SIGHTLINE_TARGET [[gnu::always_inline]] inline Float quick_gelu_lanes(Float x) {
  return x / (1.0F + exp_lanes<Float, Int>(x * -1.702F));
}

/// x * (1 + erf(x / sqrt 2)) / 2: the exact form.
template <class Float>
SIGHTLINE_TARGET [[gnu::always_inline]] inline Float gelu_lanes(Float x) {
  return 0.5F * x * (1.0F + erf_lanes(x * 0.70710678F));
}

/// The largest lane.
SIGHTLINE_TARGET [[gnu::always_inline]] inline float largest_lane(Vector<16>::Float v) {
  using Eight = Vector<8>::Float;
  using Four = Vector<4>::Float;
  const Eight low = __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7);
  const Eight high = __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15);
  const Eight eight = low > high ? low : high;
  const Four first = __builtin_shufflevector(eight, eight, 0, 1, 2, 3);
  const Four second = __builtin_shufflevector(eight, eight, 4, 5, 6, 7);
  const Four four = first > second ? first : second;
  const float a = four[0] > four[1] ? four[0] : four[1], b = four[2] > four[3] ? four[2] : four[3];
  return a > b ? a : b;
}

/// 16 sums in double. Every value is added to the sum of its position modulo 16, so the result does not
/// depend on the width of the registers.
struct DoubleSums {
  Vector<4>::Double parts[4] = {};

  /// Adds 16 values from memory.
  SIGHTLINE_TARGET [[gnu::always_inline]] inline void add(const float* values) {
    for (int i = 0; i < 4; ++i) parts[i] += load(values + 4 * i);
  }
  /// Adds (value - centre)^2 of 16 values from memory.
  SIGHTLINE_TARGET [[gnu::always_inline]] inline void add_squares(const float* values, double centre) {
    for (int i = 0; i < 4; ++i) {
      const Vector<4>::Double distance = load(values + 4 * i) - centre;
      parts[i] += distance * distance;
    }
  }
  /// `first`, to which the 16 sums are added one after another.
  SIGHTLINE_TARGET [[gnu::always_inline]] inline double total(double first) const {
    for (const Vector<4>::Double& part : parts) {
      for (int i = 0; i < 4; ++i) first += part[i];
    }
    return first;
  }

 private:
  SIGHTLINE_TARGET [[gnu::always_inline]] static inline Vector<4>::Double load(const float* values) {
    Vector<4>::Float four;
    std::memcpy(&four, values, sizeof four);
    return __builtin_convertvector(four, Vector<4>::Double);
  }
};

/// `a` where the bits of `mask` are set, else `b`. By bits: g++ 12 fails on a stored comparison when it
/// compiles for AVX-512 without optimisation.
SIGHTLINE_TARGET [[gnu::always_inline]] inline Vector<16>::Float select(Vector<16>::Int mask,
                                                                        Vector<16>::Float a,
                                                                        Vector<16>::Float b) {
  using Int = Vector<16>::Int;
  return __builtin_bit_cast(Vector<16>::Float,
                            (__builtin_bit_cast(Int, a) & mask) | (__builtin_bit_cast(Int, b) & ~mask));
}

/// In-place softmax over the first `count` (at least 1) values of a row; the maximum is subtracted first. The
/// memory of the row is a multiple of 16 floats, and the rest of the last 16 becomes zero. The bits depend on
/// these values alone.
SIGHTLINE_TARGET [[gnu::always_inline]] inline void softmax_lanes(float* row, std::int64_t count) {
  using Float = Vector<16>::Float;
  using Int = Vector<16>::Int;
  constexpr Int kPositions = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  const std::int64_t whole = (count - 1) / 16 * 16;
  const Int used = (kPositions - static_cast<std::int32_t>(count - whole)) >> 31;  // those of the last 16
  Float largest = Float{} - std::numeric_limits<float>::infinity(), values;
  for (std::int64_t i = 0; i <= whole; i += 16) {
    std::memcpy(&values, row + i, sizeof values);
    if (i == whole) {
      values = select(used, values, largest);
      std::memcpy(row + i, &values, sizeof values);
    }
    largest = values > largest ? values : largest;
  }
  const Float offset = Float{} + largest_lane(largest);
  DoubleSums sums;
  for (std::int64_t i = 0; i <= whole; i += 16) {
    std::memcpy(&values, row + i, sizeof values);
    values = exp_lanes<Float, Int>(values - offset);
    if (i == whole) values = select(used, values, Float{});
    std::memcpy(row + i, &values, sizeof values);
    sums.add(row + i);
  }
  const Float scale = Float{} + static_cast<float>(1.0 / sums.total(0));
  for (std::int64_t i = 0; i <= whole; i += 16) {
    std::memcpy(&values, row + i, sizeof values);
    values *= scale;
    std::memcpy(row + i, &values, sizeof values);
  }
}

}  // namespace sightline
