// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "sightline/base/bytes.h"
#include "sightline/tensor/dtype.h"
#include "sightline/tensor/tensor.h"

namespace sightline::keras {

/// The dtype of a C++ type; bool is `boolean`.
template <class T>
inline constexpr DType kDTypeOf = DType::other;
template <>
inline constexpr DType kDTypeOf<double> = DType::f64;
template <>
inline constexpr DType kDTypeOf<float> = DType::f32;
template <>
inline constexpr DType kDTypeOf<std::int64_t> = DType::i64;
template <>
inline constexpr DType kDTypeOf<std::int32_t> = DType::i32;
template <>
inline constexpr DType kDTypeOf<std::int16_t> = DType::i16;
template <>
inline constexpr DType kDTypeOf<std::int8_t> = DType::i8;
template <>
inline constexpr DType kDTypeOf<std::uint8_t> = DType::u8;
template <>
inline constexpr DType kDTypeOf<bool> = DType::boolean;

/// Errors: unsupported, with `subject`, for a dtype that no variable can have.
void check_variable_dtype(DType dtype, std::string_view subject);

/// Converts `count` elements as numpy's astype: floating point rounds to nearest even, and towards zero to
/// an integer (clamped to its range; NaN gives 0), integers wrap, everything but 0 is true. float16 and
/// bfloat16 are 16-bit patterns. Neither side needs alignment. Both dtypes have passed
/// `check_variable_dtype`.
void convert_elements(DType from, ByteView source, DType to, std::span<std::byte> out);

/// The dtype of a tensor that holds values of `dtype`: float32 for float16 and bfloat16, the same otherwise.
DType tensor_dtype(DType dtype);

/// A tensor of `dtype` (of float32, with values rounded to `dtype`, for float16 and bfloat16).
Tensor converted(const Tensor& values, DType dtype);
Tensor copy_of(const Tensor& values);
/// A tensor whose elements all are the one that `element` has.
Tensor repeated(const Tensor& element, const Shape& shape);

}  // namespace sightline::keras
