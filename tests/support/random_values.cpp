// SPDX-License-Identifier: Apache-2.0
#include "support/random_values.h"

#include <random>

std::vector<float> random_values(std::int64_t count, unsigned seed, float deviation) {
  std::mt19937 generator(seed);
  std::normal_distribution<float> normal(0, deviation);
  std::vector<float> values(static_cast<std::size_t>(count));
  for (float& value : values) value = normal(generator);
  return values;
}
