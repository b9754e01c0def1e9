// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sightline/ops/gemm_tile.h"

namespace sightline {

/// The kernels of each instruction set, one per file; `tile_kernels` lists them.
#if defined(__x86_64__)
std::span<const TileKernels> avx512_bf16_tiles();
std::span<const TileKernels> avx512_tiles();
std::span<const TileKernels> avx2_tiles();
std::span<const TileKernels> int8_vnni_tiles();
std::span<const TileKernels> int8_avx_vnni_tiles();
std::span<const TileKernels> int8_avx2_tiles();
#elif defined(__aarch64__)
std::span<const TileKernels> neon_tiles();
#endif
std::span<const TileKernels> int8_portable_tiles();

}  // namespace sightline
