// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/level_values.h"

#include <cassert>

namespace sightline {

void look_up_levels(std::span<const std::uint8_t> levels, const LevelValues& table, std::span<float> values,
                    [[maybe_unused]] SimdLevel level) {
  assert(levels.size() == values.size() && levels.size() % 3 == 0);
  const std::size_t plane = levels.size() / 3;
  std::size_t done = 0;
#if defined(__x86_64__)
  if (level == SimdLevel::avx512) {
    done = look_up_levels_avx512(levels, table, values);
  }
#endif
  float* red = values.data();
  float* green = red + plane;
  float* blue = green + plane;
  for (const std::uint8_t* pixel = levels.data() + 3 * done; done < plane; ++done, pixel += 3) {
    red[done] = table[0][pixel[0]];
    green[done] = table[1][pixel[1]];
    blue[done] = table[2][pixel[2]];
  }
}

}  // namespace sightline
