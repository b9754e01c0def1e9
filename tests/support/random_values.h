// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

/// `count` values of a normal distribution of mean 0, the same for a seed in one standard library.
std::vector<float> random_values(std::int64_t count, unsigned seed, float deviation = 1);
