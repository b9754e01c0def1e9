// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)

#include <immintrin.h>

#define SIGHTLINE_TARGET [[gnu::target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16,fma,prfchw")]]
#include "sightline/ops/tile_compute.h"
#include "sightline/ops/tiles.h"

namespace sightline {
namespace {

// The sums take 27 of 32 registers, as for float32.
struct Avx512 {
  static constexpr int kLanes = 16, kMaxRows = 9, kAhead = 4096;
  static constexpr bool kWholePanel = true;
};

// Multiplies two inputs of 16 columns at once. Subnormal numbers count as zero.
struct BfloatPairs : FloatArithmetic<16> {
  static constexpr int kGroup = 2, kBytes = 2, kRowBytes = 2, kSteps = 1;
  using Weights = __m512i;
  SIGHTLINE_TARGET [[gnu::always_inline]] static __m512i load(const std::byte* address, int /*part*/) {
    return _mm512_loadu_si512(address);
  }
  SIGHTLINE_TARGET [[gnu::always_inline]] static __m512i value(const std::byte* address, int /*part*/) {
    std::int32_t pair;
    std::memcpy(&pair, address, sizeof pair);
    return _mm512_set1_epi32(pair);
  }
  SIGHTLINE_TARGET [[gnu::always_inline]] static Sum add(Sum sum, __m512i value, __m512i weights) {
    return _mm512_dpbf16_ps(sum, __builtin_bit_cast(__m512bh, value), __builtin_bit_cast(__m512bh, weights));
  }
};

}  // namespace

std::span<const TileKernels> avx512_bf16_tiles() {
  static const std::array<TileKernels, 1> kernels = {TileKernels{
      "avx512_bf16", CpuFeature::avx512_bf16, DType::bf16, RowForm::bfloats, kByRows<Avx512, BfloatPairs>}};
  return kernels;
}

}  // namespace sightline

#endif
