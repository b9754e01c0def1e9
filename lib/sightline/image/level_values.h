// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "sightline/image/resize_kernels.h"

namespace sightline {

/// The value of each 8-bit level in each channel.
using LevelValues = std::array<std::array<float, 256>, 3>;

/// Interleaved pixels [H * W, 3] to values [3, H * W], which are exactly those of the table. `values` has as
/// many elements as `levels`. The processor must support `level`.
void look_up_levels(std::span<const std::uint8_t> levels, const LevelValues& table, std::span<float> values,
                    SimdLevel level = best_simd_level());

/// The kernel for AVX-512. Looks up whole blocks of 64 pixels and returns the number of pixels.
std::size_t look_up_levels_avx512(std::span<const std::uint8_t> levels, const LevelValues& table,
                                  std::span<float> values);

}  // namespace sightline
