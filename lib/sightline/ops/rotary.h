// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace sightline {

/// Turns each pair (a, b) of neighbouring values of every head of a row by its angle, in place:
/// (a cos - b sin, b cos + a sin), every product rounded, with the same bits on every processor. Shapes:  row
/// [heads * 2 * pairs]; cosines, sines [pairs], those of all heads. Source: Su et al. 2021; timm
/// `apply_rot_embed`.
void rotate_pairs(float* row, std::int64_t heads, std::int64_t pairs, const float* cosines,
                  const float* sines);

}  // namespace sightline
