// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)

#include <immintrin.h>

#define SIGHTLINE_TARGET [[gnu::target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,fma,prfchw")]]
#include "sightline/ops/tile_int8_256.h"
#include "sightline/ops/tiles.h"

namespace sightline {
namespace {

// The sums take 27 of 32 registers, as for float32.
struct Wide {
  static constexpr int kLanes = 16, kMaxRows = 9, kAhead = 4096;
  static constexpr bool kWholePanel = true;
};

struct WideBytes : ByteArithmetic<16> {
  static constexpr int kSteps = 1;
  using Weights = __m512i;
  SIGHTLINE_TARGET [[gnu::always_inline]] static __m512i load(const std::byte* address, int /*part*/) {
    return _mm512_loadu_si512(address);
  }
  SIGHTLINE_TARGET [[gnu::always_inline]] static __m512i value(const std::byte* address, int /*part*/) {
    return _mm512_set1_epi32(four_values(address));
  }
  SIGHTLINE_TARGET [[gnu::always_inline]] static Sum add(Sum sum, __m512i value, __m512i weights) {
    return __builtin_bit_cast(Sum, _mm512_dpbusd_epi32(__builtin_bit_cast(__m512i, sum), value, weights));
  }
};

// Half as wide: what a processor with AVX-VNNI computes (tiles_int8_avx_vnni.cpp), for tests on others.
struct NarrowBytes : Bytes256 {
  SIGHTLINE_TARGET [[gnu::always_inline]] static Sum add(Sum sum, __m256i value, __m256i weights) {
    return __builtin_bit_cast(Sum, _mm256_dpbusd_epi32(__builtin_bit_cast(__m256i, sum), value, weights));
  }
};

}  // namespace

std::span<const TileKernels> int8_vnni_tiles() {
  static const std::array<TileKernels, 2> kernels = {
      int8_kernels<Wide, WideBytes>("avx512_vnni", CpuFeature::avx512_vnni),
      int8_kernels<Isa256, NarrowBytes>("avx512_vnni, 256 bits", CpuFeature::avx512_vnni)};
  return kernels;
}

}  // namespace sightline

#endif
