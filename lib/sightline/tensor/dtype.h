// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <type_traits>

namespace sightline {

/// The element type of a tensor. Arithmetic is float32 everywhere. The eight-bit floating-point types
/// (`f8_...`) exist so that messages can name them; nothing computes with them.
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
/// The name that Keras uses: "float32", "bfloat16", ...
std::string_view dtype_name(DType dtype);
/// Whether `dtype` is one of the `f8_...` types.
inline bool is_float8(DType dtype) { return dtype >= DType::f8_e4m3fn && dtype <= DType::f8_e8m0fnu; }
inline bool is_floating(DType dtype) {
  return dtype == DType::f64 || dtype == DType::f32 || dtype == DType::f16 || dtype == DType::bf16;
}

/// Whether the elements of a tensor of type `dtype` have the C++ type `T`. The 16-bit floating-point types
/// have no C++ type; their bits are stored as `std::uint16_t`.
template <class T>
constexpr bool holds(DType dtype) {
  using Value = std::remove_const_t<T>;
  if constexpr (std::is_same_v<Value, double>) return dtype == DType::f64;
  if constexpr (std::is_same_v<Value, float>) return dtype == DType::f32;
  if constexpr (std::is_same_v<Value, std::uint16_t>) return dtype == DType::f16 || dtype == DType::bf16;
  if constexpr (std::is_same_v<Value, std::int64_t>) return dtype == DType::i64;
  if constexpr (std::is_same_v<Value, std::int32_t>) return dtype == DType::i32;
  if constexpr (std::is_same_v<Value, std::int16_t>) return dtype == DType::i16;
  if constexpr (std::is_same_v<Value, std::int8_t>) return dtype == DType::i8;
  if constexpr (std::is_same_v<Value, std::uint8_t>) return dtype == DType::u8;
  if constexpr (std::is_same_v<Value, bool>) return dtype == DType::boolean;
  return false;
}

}  // namespace sightline
