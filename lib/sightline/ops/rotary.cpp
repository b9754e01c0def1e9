// SPDX-License-Identifier: Apache-2.0
#include "sightline/ops/rotary.h"

#include "sightline/base/by_cpu.h"

namespace sightline {
namespace {

[[gnu::always_inline]] inline void rotate_body(float* __restrict row, std::int64_t heads, std::int64_t pairs,
                                               const float* __restrict cosines,
                                               const float* __restrict sines) {
  for (std::int64_t head = 0; head < heads; ++head, row += 2 * pairs) {
    for (std::int64_t i = 0; i < pairs; ++i) {
      const float a = row[2 * i], b = row[2 * i + 1];
      row[2 * i] = a * cosines[i] - b * sines[i];
      row[2 * i + 1] = b * cosines[i] + a * sines[i];
    }
  }
}

}  // namespace

void rotate_pairs(float* row, std::int64_t heads, std::int64_t pairs, const float* cosines,
                  const float* sines) {
  ByCpu<rotate_body>::call(row, heads, pairs, cosines, sines);
}

}  // namespace sightline
