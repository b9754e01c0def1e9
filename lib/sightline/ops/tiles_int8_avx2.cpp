// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)

#include <immintrin.h>

#define SIGHTLINE_TARGET [[gnu::target("avx2,fma,prfchw")]]
#include "sightline/ops/tile_compute_int8.h"
#include "sightline/ops/tiles.h"

namespace sightline {
namespace {

// The sums take 10 of 16 registers; the products before they are added take more than those of float32.
struct Avx2 {
  static constexpr int kLanes = 8, kMaxRows = 4, kAhead = 0;
  static constexpr bool kWholePanel = false;
};

// Bytes become 16-bit integers, the even ones of each group first, then the odd ones. VPMADDUBSW would take
// bytes, but it saturates.
struct Halves : ByteArithmetic<8> {
  static constexpr int kSteps = 2;
  using Weights = __m256i;
  SIGHTLINE_TARGET [[gnu::always_inline]] static __m256i load(const std::byte* address, int part) {
    const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(address));
    return _mm256_srai_epi16(part == 0 ? _mm256_slli_epi16(bytes, 8) : bytes, 8);
  }
  SIGHTLINE_TARGET [[gnu::always_inline]] static __m256i value(const std::byte* address, int part) {
    const __m256i bytes = _mm256_set1_epi32(four_values(address));
    // By shifts, because a mask would take a register.
    return _mm256_srli_epi16(part == 0 ? _mm256_slli_epi16(bytes, 8) : bytes, 8);
  }
  SIGHTLINE_TARGET [[gnu::always_inline]] static Sum add(Sum sum, __m256i value, __m256i weights) {
    return sum + __builtin_bit_cast(Sum, _mm256_madd_epi16(value, weights));
  }
};

}  // namespace

std::span<const TileKernels> int8_avx2_tiles() {
  static const std::array<TileKernels, 1> kernels = {int8_kernels<Avx2, Halves>("avx2", CpuFeature::avx2)};
  return kernels;
}

}  // namespace sightline

#endif
