// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstring>

#include "sightline/ops/vector_math.h"

namespace sightline {

/// Adds the lanes of four vectors and stores the four sums. Each step halves two vectors and joins the
/// halves.
[[gnu::always_inline]] inline void store_sums(const Vector<4>::Float (&v)[4], float* out) {
  const Vector<4>::Float ab =
      __builtin_shufflevector(v[0], v[1], 0, 1, 4, 5) + __builtin_shufflevector(v[0], v[1], 2, 3, 6, 7);
  const Vector<4>::Float cd =
      __builtin_shufflevector(v[2], v[3], 0, 1, 4, 5) + __builtin_shufflevector(v[2], v[3], 2, 3, 6, 7);
  const Vector<4>::Float sums =
      __builtin_shufflevector(ab, cd, 0, 2, 4, 6) + __builtin_shufflevector(ab, cd, 1, 3, 5, 7);
  std::memcpy(out, &sums, sizeof sums);
}

[[gnu::always_inline]] inline void store_sums(const Vector<8>::Float (&v)[4], float* out) {
  Vector<4>::Float halves[4];
  for (int i = 0; i < 4; ++i) {
    halves[i] =
        __builtin_shufflevector(v[i], v[i], 0, 1, 2, 3) + __builtin_shufflevector(v[i], v[i], 4, 5, 6, 7);
  }
  store_sums(halves, out);
}

[[gnu::always_inline]] inline void store_sums(const Vector<16>::Float (&v)[4], float* out) {
  const auto joined = [](Vector<16>::Float a, Vector<16>::Float b) __attribute__((always_inline)) {
    return __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23) +
           __builtin_shufflevector(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
  };
  const Vector<16>::Float ab = joined(v[0], v[1]), cd = joined(v[2], v[3]);
  Vector<16>::Float sums =
      __builtin_shufflevector(ab, cd, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27) +
      __builtin_shufflevector(ab, cd, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
  sums += __builtin_shufflevector(sums, sums, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
  sums += __builtin_shufflevector(sums, sums, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14);
  const Vector<4>::Float picked = __builtin_shufflevector(sums, sums, 0, 4, 8, 12);
  std::memcpy(out, &picked, sizeof picked);
}

}  // namespace sightline
