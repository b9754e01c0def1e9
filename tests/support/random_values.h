// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

/// `count` values of a normal distribution with mean 0. With the same standard library a seed always gives
/// the same values.
std::vector<float> random_values(std::int64_t count, unsigned seed, float deviation = 1);
