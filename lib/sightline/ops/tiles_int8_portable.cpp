// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "sightline/ops/tile_compute_int8.h"
#include "sightline/ops/tiles.h"

namespace sightline {
namespace {

#if defined(__x86_64__)

// The sums take 8 of 16 registers.
struct Portable {
  static constexpr int kLanes = 4, kMaxRows = 2, kAhead = 0;
  static constexpr bool kWholePanel = false;
};

// SSE2, which is part of x86-64: as tiles_int8_avx2.cpp.
struct Integers : ByteArithmetic<4> {
  static constexpr int kSteps = 2;
  using Weights = __m128i;
  [[gnu::always_inline]] static __m128i load(const std::byte* address, int part) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(address));
    return _mm_srai_epi16(part == 0 ? _mm_slli_epi16(bytes, 8) : bytes, 8);
  }
  [[gnu::always_inline]] static __m128i value(const std::byte* address, int part) {
    const __m128i bytes = _mm_set1_epi32(four_values(address));
    return part == 0 ? _mm_and_si128(bytes, _mm_set1_epi16(0xff)) : _mm_srli_epi16(bytes, 8);
  }
  [[gnu::always_inline]] static Sum add(Sum sum, __m128i value, __m128i weights) {
    return sum + __builtin_bit_cast(Sum, _mm_madd_epi16(value, weights));
  }
};

#else

// The sums take 24 of the 32 registers of NEON.
struct Portable {
  static constexpr int kLanes = 4, kMaxRows = 6, kAhead = 0;
  static constexpr bool kWholePanel = false;
};

// Each byte of a group becomes a 32-bit integer (the first byte is the lowest: little-endian).
struct Integers : ByteArithmetic<4> {
  static constexpr int kSteps = 4;
  using Weights = Sum;
  [[gnu::always_inline]] static Sum load(const std::byte* address, int part) {
    Sum bytes;
    std::memcpy(&bytes, address, sizeof bytes);
    return (bytes << (24 - 8 * part)) >> 24;
  }
  [[gnu::always_inline]] static Sum value(const std::byte* address, int part) {
    return Sum{} + std::to_integer<std::int32_t>(address[part]);
  }
  [[gnu::always_inline]] static Sum add(Sum sum, Sum value, Sum weights) { return sum + value * weights; }
};

#endif

}  // namespace

std::span<const TileKernels> int8_portable_tiles() {
  static const std::array<TileKernels, 1> kernels = {int8_kernels<Portable, Integers>("portable", {})};
  return kernels;
}

}  // namespace sightline
