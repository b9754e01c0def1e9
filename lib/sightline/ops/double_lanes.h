// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstring>

#include "sightline/ops/vector_math.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace sightline {

// By intrinsics, because g++ 12 converts each half of a vector by itself, through memory.

/// Loads as many floats as `lanes` has doubles and converts them; each level has its width.
inline void load_doubles(const float* values, Vector<2>::Double& lanes) {
#if defined(__x86_64__)
  double pair;
  std::memcpy(&pair, values, sizeof pair);
  lanes = _mm_cvtps_pd(_mm_castpd_ps(_mm_set_sd(pair)));
#else
  Vector<2>::Float floats;
  std::memcpy(&floats, values, sizeof floats);
  lanes = __builtin_convertvector(floats, Vector<2>::Double);
#endif
}

#if defined(__x86_64__)

[[gnu::target("arch=x86-64-v3")]] inline void load_doubles(const float* values, Vector<4>::Double& lanes) {
  lanes = _mm256_cvtps_pd(_mm_loadu_ps(values));
}

[[gnu::target("arch=x86-64-v4")]] inline void load_doubles(const float* values, Vector<8>::Double& lanes) {
  // All lanes by a mask: g++ 12 warns about the undefined vector that the plain form contains.
  lanes = _mm512_maskz_cvtps_pd(0xFF, _mm256_loadu_ps(values));
}

#else

inline void load_doubles(const float* values, Vector<4>::Double& lanes) {
  Vector<4>::Float floats;
  std::memcpy(&floats, values, sizeof floats);
  lanes = __builtin_convertvector(floats, Vector<4>::Double);
}

inline void load_doubles(const float* values, Vector<8>::Double& lanes) {
  Vector<8>::Float floats;
  std::memcpy(&floats, values, sizeof floats);
  lanes = __builtin_convertvector(floats, Vector<8>::Double);
}

#endif

/// 16 sums in double, in registers of kWidth floats. Every value is added to the sum of its position modulo
/// 16, so the result does not depend on the width.
template <int kWidth>
struct DoubleSums {
  static constexpr int kLanes = kWidth / 2, kParts = 16 / kLanes;
  using Double = typename Vector<kLanes>::Double;
  Double parts[kParts] = {};

  /// Adds 16 values from memory.
  [[gnu::always_inline]] inline void add(const float* values) {
#pragma GCC unroll 8
    for (int i = 0; i < kParts; ++i) {
      Double lanes;
      load_doubles(values + kLanes * i, lanes);
      parts[i] += lanes;
    }
  }
  /// Adds (value - centre)^2 of 16 values from memory.
  [[gnu::always_inline]] inline void add_squares(const float* values, double centre) {
#pragma GCC unroll 8
    for (int i = 0; i < kParts; ++i) {
      Double lanes;
      load_doubles(values + kLanes * i, lanes);
      const Double distance = lanes - centre;
      parts[i] += distance * distance;
    }
  }
  /// `first`, to which the 16 sums are added one after another.
  [[gnu::always_inline]] inline double total(double first) const {
    for (const Double& part : parts) {
      for (int i = 0; i < kLanes; ++i) first += part[i];
    }
    return first;
  }
};

}  // namespace sightline
