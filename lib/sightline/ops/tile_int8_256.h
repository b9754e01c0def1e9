// SPDX-License-Identifier: Apache-2.0
#pragma once

#if defined(__x86_64__)

#include <immintrin.h>

#include "sightline/ops/tile_compute_int8.h"

namespace sightline {
namespace {

/// VPDPBUSD of 256 bits, which AVX-VNNI and AVX-512 VNNI encode differently: each adds its own `add`. The
/// sums of a tile take 12 of 16 registers.
struct Isa256 {
  static constexpr int kLanes = 8, kMaxRows = 6, kAhead = 0;
  static constexpr bool kWholePanel = false;
};

/// What both load.
struct Bytes256 : ByteArithmetic<8> {
  static constexpr int kSteps = 1;
  using Weights = __m256i;
  SIGHTLINE_TARGET [[gnu::always_inline]] static __m256i load(const std::byte* address, int /*part*/) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(address));
  }
  SIGHTLINE_TARGET [[gnu::always_inline]] static __m256i value(const std::byte* address, int /*part*/) {
    return _mm256_set1_epi32(four_values(address));
  }
};

}  // namespace
}  // namespace sightline

#endif
