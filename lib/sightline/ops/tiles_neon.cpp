// SPDX-License-Identifier: Apache-2.0
#if defined(__aarch64__)

#include <arm_neon.h>

#include "sightline/ops/tile_compute.h"
#include "sightline/ops/tiles.h"

namespace sightline {
namespace {

// The sums take 24 of 32 registers.
struct Neon {
  static constexpr int kLanes = 4, kMaxRows = 6, kAhead = 0;
  static constexpr bool kWholePanel = false;
};

struct HalfElement : FloatArithmetic<4> {
  static constexpr int kGroup = 1, kBytes = 2, kSteps = 1;
  [[gnu::always_inline]] static Vector<4>::Float load(const std::byte* address, int /*member*/) {
    float16x4_t halves;
    std::memcpy(&halves, address, sizeof halves);
    return __builtin_bit_cast(Vector<4>::Float, vcvt_f32_f16(halves));
  }
};

}  // namespace

std::span<const TileKernels> neon_tiles() { return tiles_of<Neon, HalfElement>("neon", {}); }

}  // namespace sightline

#endif
