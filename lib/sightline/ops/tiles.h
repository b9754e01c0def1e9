// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sightline/ops/gemm_tile.h"

namespace sightline {

/// The kernels of each instruction set, one per file; `tile_kernels` lists them.
#if defined(__x86_64__)
std::span<const TileKernels> avx512_tiles();
std::span<const TileKernels> avx2_tiles();
#elif defined(__aarch64__)
std::span<const TileKernels> neon_tiles();
#endif

}  // namespace sightline
