// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>

namespace sightline {

/// Returns `if_true` or `if_false`, selected with a mask: compilers vectorise loops over this function, but
/// not over a branch.
inline std::uint32_t select_bits(bool condition, std::uint32_t if_true, std::uint32_t if_false) {
  const std::uint32_t mask = 0U - static_cast<std::uint32_t>(condition);
  return (if_true & mask) | (if_false & ~mask);
}

/// Converts IEEE 754 binary16 bits to binary32. The result is exact; infinities and NaN payloads are
/// preserved. No operand is subnormal, because many processors are slow with subnormal numbers.
inline float half_to_float(std::uint16_t bits) {
  const std::uint32_t magnitude = bits & 0x7FFFU;
  const std::uint32_t normal = (magnitude << 13) + (112U << 23);
  const std::uint32_t special = (magnitude << 13) | 0x7F800000U;
  // Zero and subnormals: fraction * 2^-24, which is exact in binary32.
  const float small = static_cast<float>(static_cast<std::int32_t>(magnitude)) * 0x1p-24F;
  const std::uint32_t finite = select_bits(magnitude < 0x400U, std::bit_cast<std::uint32_t>(small), normal);
  const std::uint32_t sign = static_cast<std::uint32_t>(bits & 0x8000U) << 16;
  return std::bit_cast<float>(sign | select_bits(magnitude >= 0x7C00U, special, finite));
}

/// Rounds to the nearest binary16, ties to even. Values that are too large become infinity; every NaN becomes
/// the quiet NaN 0x7E00 with its sign.
inline std::uint16_t float_to_half(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = bits >> 16 & 0x8000U;
  const std::uint32_t magnitude = bits & 0x7FFFFFFFU;
  const bool is_small = magnitude < 0x38800000U;  // below 2^-14: adding 0.5 makes the FPU round at bit 2^-24
  const float shifted = std::bit_cast<float>(select_bits(is_small, magnitude, 0U)) + 0.5F;
  const std::uint32_t small = std::bit_cast<std::uint32_t>(shifted) - 0x3F000000U;
  const std::uint32_t normal = (magnitude - 0x38000000U + 0xFFFU + (magnitude >> 13 & 1U)) >> 13;
  const std::uint32_t finite = select_bits(is_small, small, normal);
  const std::uint32_t special = select_bits(magnitude > 0x7F800000U, 0x7E00U, 0x7C00U);
  // 0x477FF000 = 65520 is the smallest magnitude that rounds to infinity.
  return static_cast<std::uint16_t>(sign | select_bits(magnitude >= 0x477FF000U, special, finite));
}

/// Converts bfloat16 bits to binary32; the result is exact.
inline float bfloat_to_float(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

/// Rounds to the nearest bfloat16, ties to even. A NaN stays a (quiet) NaN with a truncated payload.
inline std::uint16_t float_to_bfloat(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t rounded = (bits + 0x7FFFU + (bits >> 16 & 1U)) >> 16;
  const std::uint32_t quiet = bits >> 16 | 0x40U;
  return static_cast<std::uint16_t>(select_bits((bits & 0x7FFFFFFFU) > 0x7F800000U, quiet, rounded));
}

}  // namespace sightline
