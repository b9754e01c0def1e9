// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>

#include "sightline/ops/vector_math.h"

namespace sightline {

/// Transposes 8 floats of each of 8 rows in registers; the columns are written `width` floats apart.
[[gnu::always_inline]] inline void transpose_eight(const float* const* rows, float* out, std::int64_t width) {
  using Eight = Vector<8>::Float;
  Eight r[8], t[8];
  for (int i = 0; i < 8; ++i) std::memcpy(&r[i], rows[i], sizeof r[i]);
  for (int i = 0; i < 8; i += 2) {
    t[i] = __builtin_shufflevector(r[i], r[i + 1], 0, 8, 2, 10, 4, 12, 6, 14);
    t[i + 1] = __builtin_shufflevector(r[i], r[i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
  }
  for (int i = 0; i < 8; i += 4) {
    for (int j = 0; j < 2; ++j) {
      r[i + j] = __builtin_shufflevector(t[i + j], t[i + j + 2], 0, 1, 8, 9, 4, 5, 12, 13);
      r[i + j + 2] = __builtin_shufflevector(t[i + j], t[i + j + 2], 2, 3, 10, 11, 6, 7, 14, 15);
    }
  }
  for (int i = 0; i < 4; ++i) {
    const Eight low = __builtin_shufflevector(r[i], r[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
    const Eight high = __builtin_shufflevector(r[i], r[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
    std::memcpy(out + i * width, &low, sizeof low);
    std::memcpy(out + (i + 4) * width, &high, sizeof high);
  }
}

}  // namespace sightline
