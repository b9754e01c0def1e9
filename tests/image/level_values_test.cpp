// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/level_values.h"

#include <random>
#include <vector>

#include "support/catch.h"
#include "support/skip.h"

using namespace sightline;

TEST_CASE("level values: every instruction set looks up the values of the table", "[image]") {
  std::mt19937 random(5);
  LevelValues table;
  for (auto& channel : table) {
    for (float& value : channel) {
      value = static_cast<float>(random()) / 1e6F;
    }
  }
  for (const std::size_t pixels : {0U, 1U, 63U, 64U, 65U, 128U, 577U}) {
    std::vector<std::uint8_t> levels(3 * pixels);
    for (std::uint8_t& level : levels) {
      level = static_cast<std::uint8_t>(random());
    }
    std::vector<float> expected(levels.size());
    for (std::size_t i = 0; i < levels.size(); ++i) {
      expected[i % 3 * pixels + i / 3] = table[i % 3][levels[i]];
    }
    for (const SimdLevel level : {SimdLevel::portable, SimdLevel::avx2, SimdLevel::avx512}) {
      INFO(pixels << " pixels, level " << static_cast<int>(level));
      if (!simd_supported(level)) {
        skip("no kernels of level " + std::to_string(static_cast<int>(level)));
        continue;
      }
      std::vector<float> values(levels.size());
      look_up_levels(levels, table, values, level);
      CHECK(values == expected);
    }
  }
}
