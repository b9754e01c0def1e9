// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sightline {

/// Instruction sets that kernels are compiled for, in the order in which `SIGHTLINE_CPU` limits them. All of
/// them are x86-64's. On arm64, NEON is part of the architecture, and all code uses it.
enum class CpuFeature {
  sse42,        ///< x86-64-v2: SSE3, SSSE3, SSE4.1, SSE4.2, POPCNT
  avx,          ///< AVX
  avx2,         ///< x86-64-v3: AVX2, FMA, F16C, BMI1, BMI2, LZCNT, MOVBE
  avx_vnni,     ///< AVX-VNNI
  avx512,       ///< x86-64-v4: AVX-512 F, BW, CD, DQ, VL
  avx512_vnni,  ///< AVX-512 VNNI
  avx512_vbmi,  ///< AVX-512 VBMI
  avx512_bf16,  ///< AVX-512 BF16
};

/// A set of instruction sets. AVX counts only where the operating system saves its registers.
class CpuFeatures {
 public:
  constexpr CpuFeatures() = default;

  constexpr bool has(CpuFeature feature) const { return (bits_ >> static_cast<unsigned>(feature) & 1U) != 0; }
  constexpr void add(CpuFeature feature) { bits_ |= std::uint32_t{1} << static_cast<unsigned>(feature); }
  constexpr bool operator==(const CpuFeatures&) const = default;

  /// The features of this set up to and including the one called `limit` in the order of CpuFeature, none for
  /// "portable". Errors: usage (unknown name; the message lists the names).
  CpuFeatures up_to(std::string_view limit) const;
  /// "sse4.2 avx avx2", or "portable" for the empty set.
  std::string names() const;

 private:
  std::uint32_t bits_ = 0;
};

/// What this processor and operating system can run.
CpuFeatures processor_features();

/// What kernels may use: `processor_features()`, up to the environment variable SIGHTLINE_CPU where it is
/// set. All choices of kernels ask here. Determined once per process. Errors: usage (an unknown name in the
/// variable).
CpuFeatures usable_features();

}  // namespace sightline
