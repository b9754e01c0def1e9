// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>

namespace sightline {

/// `yes` where `condition`, `no` elsewhere, by masks: compilers vectorise loops over this, but not over a
/// branch.
inline std::uint32_t select_bits(bool condition, std::uint32_t yes, std::uint32_t no) {
  const std::uint32_t mask = 0U - static_cast<std::uint32_t>(condition);
  return (yes & mask) | (no & ~mask);
}

/// The bits of an IEEE 754 binary16 as binary32: exact; infinities and NaN kept (payload moved up).
/// No subnormal operand occurs: many CPUs are slow with those.
inline float half_to_float(std::uint16_t bits) {
  const std::uint32_t magnitude = bits & 0x7FFFU;
  const std::uint32_t normal = (magnitude << 13) + (112U << 23);
  const std::uint32_t special = (magnitude << 13) | 0x7F800000U;
  // zero and subnormals: fraction * 2^-24, exact in binary32
  const float small = static_cast<float>(static_cast<std::int32_t>(magnitude)) * 0x1p-24F;
  const std::uint32_t finite = select_bits(magnitude < 0x400U, std::bit_cast<std::uint32_t>(small), normal);
  const std::uint32_t sign = static_cast<std::uint32_t>(bits & 0x8000U) << 16;
  return std::bit_cast<float>(sign | select_bits(magnitude >= 0x7C00U, special, finite));
}

/// The nearest binary16, ties to even; too large becomes infinity, every NaN the quiet NaN 0x7E00 with its
/// sign.
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
  // 0x477FF000 = 65520 is the least that rounds to infinity
  return static_cast<std::uint16_t>(sign | select_bits(magnitude >= 0x477FF000U, special, finite));
}

/// The bits of a bfloat16 as binary32: exact.
inline float bfloat_to_float(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

/// The nearest bfloat16, ties to even; a NaN stays one (quiet, its payload cut).
inline std::uint16_t float_to_bfloat(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t rounded = (bits + 0x7FFFU + (bits >> 16 & 1U)) >> 16;
  const std::uint32_t quiet = bits >> 16 | 0x40U;
  return static_cast<std::uint16_t>(select_bits((bits & 0x7FFFFFFFU) > 0x7F800000U, quiet, rounded));
}

}  // namespace sightline
