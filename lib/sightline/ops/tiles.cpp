// SPDX-License-Identifier: Apache-2.0
#include "sightline/ops/tiles.h"

#include <vector>

namespace sightline {

std::span<const TileKernels> tile_kernels() {
  static const std::vector<TileKernels> kernels = [] {
    std::vector<TileKernels> all;
    const auto add = [&](std::span<const TileKernels> more) {
      all.insert(all.end(), more.begin(), more.end());
    };
#if defined(__x86_64__)
    add(avx512_bf16_tiles());
    add(avx512_tiles());
    add(avx2_tiles());
    add(int8_vnni_tiles());
    add(int8_avx_vnni_tiles());
    add(int8_avx2_tiles());
#elif defined(__aarch64__)
    add(neon_tiles());
#endif
    add(int8_portable_tiles());
    return all;
  }();
  return kernels;
}

const TileKernels* best_tile_kernels(DType element) {
  for (const TileKernels& kernels : tile_kernels()) {
    if (kernels.element != element) continue;
    if (!kernels.needed || usable_features().has(*kernels.needed)) return &kernels;
  }
  return nullptr;
}

}  // namespace sightline
