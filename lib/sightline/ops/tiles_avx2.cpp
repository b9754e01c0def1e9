// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)

#include <immintrin.h>

#define SIGHTLINE_TARGET [[gnu::target("avx2,fma,f16c,prfchw")]]
#include "sightline/ops/tile_compute.h"
#include "sightline/ops/tiles.h"

namespace sightline {
namespace {

// The sums take 12 of 16 registers. The panel is not prefetched: what follows 16 columns in memory is not
// what is needed next.
struct Avx2 {
  static constexpr int kLanes = 8, kMaxRows = 6, kAhead = 0;
  static constexpr bool kWholePanel = false;
};

struct HalfElement : FloatArithmetic<8> {
  static constexpr int kGroup = 1, kBytes = 2, kSteps = 1;
  SIGHTLINE_TARGET [[gnu::always_inline]] static Vector<8>::Float load(const std::byte* address, int) {
    return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(address)));
  }
};

}  // namespace

std::span<const TileKernels> avx2_tiles() { return tiles_of<Avx2, HalfElement>("avx2", CpuFeature::avx2); }

}  // namespace sightline

#endif
