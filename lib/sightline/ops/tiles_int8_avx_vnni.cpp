// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)

#include <immintrin.h>

#define SIGHTLINE_TARGET [[gnu::target("avx2,fma,avxvnni,prfchw")]]
#include "sightline/ops/tile_int8_256.h"
#include "sightline/ops/tiles.h"

namespace sightline {
namespace {

struct Bytes : Bytes256 {
  SIGHTLINE_TARGET [[gnu::always_inline]] static Sum add(Sum sum, __m256i value, __m256i weights) {
    return __builtin_bit_cast(Sum, _mm256_dpbusd_avx_epi32(__builtin_bit_cast(__m256i, sum), value, weights));
  }
};

}  // namespace

std::span<const TileKernels> int8_avx_vnni_tiles() {
  static const std::array<TileKernels, 1> kernels = {
      int8_kernels<Isa256, Bytes>("avx_vnni", CpuFeature::avx_vnni)};
  return kernels;
}

}  // namespace sightline

#endif
