// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "sightline/base/bytes.h"

namespace sightline {

/// Element type of a tensor in a file. Arithmetic is float32 everywhere; see `to_float`. The types of 8 bits
/// (`f8_...`) are known so that they can be named; nothing here computes with them.
enum class DType {
  f64,
  f32,
  f16,
  bf16,
  f8_e4m3fn,
  f8_e4m3fnuz,
  f8_e5m2,
  f8_e5m2fnuz,
  f8_e8m0fnu,
  i64,
  i32,
  i16,
  i8,
  u8,
  boolean,
  other
};

/// Bytes per element; 0 for `other`.
std::int64_t size_of(DType dtype);
/// "float32", "bfloat16", ...: Keras's names.
std::string_view dtype_name(DType dtype);
/// Whether it is one of the `f8_...`.
inline bool is_float8(DType dtype) { return dtype >= DType::f8_e4m3fn && dtype <= DType::f8_e8m0fnu; }
inline bool is_floating(DType dtype) {
  return dtype == DType::f64 || dtype == DType::f32 || dtype == DType::f16 || dtype == DType::bf16;
}

/// IEEE 754 binary16 <-> binary32; rounding to nearest even; infinities and NaN kept.
float f16_to_float(std::uint16_t bits);
std::uint16_t float_to_f16(float value);
/// bfloat16 <-> binary32, the same rules.
float bf16_to_float(std::uint16_t bits);
std::uint16_t float_to_bf16(float value);

/// The same for many: the same bits, several times as fast. `bytes` need no alignment and hold `out.size()`
/// values.
void f16_to_float(ByteView bytes, std::span<float> out);
void bf16_to_float(ByteView bytes, std::span<float> out);
/// `out` holds as many values as `values`.
void float_to_f16(std::span<const float> values, std::span<std::uint16_t> out);
void float_to_bf16(std::span<const float> values, std::span<std::uint16_t> out);

}  // namespace sightline
