// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)

#include <immintrin.h>

#define SIGHTLINE_TARGET [[gnu::target("avx2,fma,avxvnni")]]
#include "sightline/ops/tile_compute_int8.h"
#include "sightline/ops/tiles.h"

namespace sightline {
namespace {

// The sums take 12 of 16 registers.
struct Avx2 {
  static constexpr int kLanes = 8, kMaxRows = 6, kAhead = 0;
  static constexpr bool kWholePanel = false;
};

struct Bytes : ByteArithmetic<8> {
  static constexpr int kSteps = 1;
  using Weights = __m256i;
  SIGHTLINE_TARGET [[gnu::always_inline]] static __m256i load(const std::byte* address, int /*part*/) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(address));
  }
  SIGHTLINE_TARGET [[gnu::always_inline]] static __m256i value(const std::byte* address, int /*part*/) {
    return _mm256_set1_epi32(four_values(address));
  }
  SIGHTLINE_TARGET [[gnu::always_inline]] static Sum add(Sum sum, __m256i value, __m256i weights) {
    return __builtin_bit_cast(Sum, _mm256_dpbusd_avx_epi32(__builtin_bit_cast(__m256i, sum), value, weights));
  }
};

}  // namespace

std::span<const TileKernels> int8_avx_vnni_tiles() {
  static const std::array<TileKernels, 1> kernels = {
      int8_kernels<Avx2, Bytes>("avx_vnni", CpuFeature::avx_vnni)};
  return kernels;
}

}  // namespace sightline

#endif
