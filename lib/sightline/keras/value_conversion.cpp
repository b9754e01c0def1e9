// SPDX-License-Identifier: Apache-2.0
#include "sightline/keras/value_conversion.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/tensor/dtype_conversion.h"

namespace sightline::keras {
namespace {

constexpr std::size_t kBlock = 256;

// Elements pass through double or int64, which hold every type of their kind exactly.
template <class T, class Wide, class Convert>
void load(const std::byte* source, std::span<Wide> out, Convert convert) {
  for (std::size_t i = 0; i < out.size(); ++i) {
    T value;
    std::memcpy(&value, source + i * sizeof(T), sizeof(T));
    out[i] = static_cast<Wide>(convert(value));
  }
}

void load_wide(DType from, const std::byte* source, std::span<double> out) {
  const auto same = [](auto value) { return value; };
  if (from == DType::f64) return load<double>(source, out, same);
  if (from == DType::f32) return load<float>(source, out, same);
  if (from == DType::f16)
    return load<std::uint16_t>(source, out, [](std::uint16_t v) { return f16_to_float(v); });
  load<std::uint16_t>(source, out, [](std::uint16_t v) { return bf16_to_float(v); });
}

void load_wide(DType from, const std::byte* source, std::span<std::int64_t> out) {
  const auto same = [](auto value) { return value; };
  if (from == DType::i64) return load<std::int64_t>(source, out, same);
  if (from == DType::i32) return load<std::int32_t>(source, out, same);
  if (from == DType::i16) return load<std::int16_t>(source, out, same);
  if (from == DType::i8) return load<std::int8_t>(source, out, same);
  if (from == DType::u8) return load<std::uint8_t>(source, out, same);
  load<std::uint8_t>(source, out, [](std::uint8_t v) { return v != 0; });
}

// The float on either side of `value` whose last bit is set: rounding it again, to a shorter type, gives what
// rounding `value` once gives. Source: Boldo and Melquiond 2008, rounding to odd.
float rounded_to_odd(double value) {
  const auto nearest = static_cast<float>(value);
  const auto bits = std::bit_cast<std::uint32_t>(nearest);
  if (!std::isfinite(value) || static_cast<double>(nearest) == value || (bits & 1) != 0) return nearest;
  const bool is_larger = std::abs(static_cast<double>(nearest)) > std::abs(value);
  return std::bit_cast<float>(is_larger ? bits - 1 : bits + 1);
}

float for_half(double value) { return rounded_to_odd(value); }
float for_half(std::int64_t value) { return static_cast<float>(value); }  // as numpy does it

template <class T>
T integer(double value) {
  if (std::isnan(value)) return 0;
  const double whole = std::trunc(value);
  if (whole <= static_cast<double>(std::numeric_limits<T>::min())) return std::numeric_limits<T>::min();
  if (whole >= static_cast<double>(std::numeric_limits<T>::max())) return std::numeric_limits<T>::max();
  return static_cast<T>(whole);
}
template <class T>
T integer(std::int64_t value) {
  return static_cast<T>(value);  // modulo 2^bits
}

template <class T, class Wide, class Convert>
void store(std::span<const Wide> values, std::byte* out, Convert convert) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    const T value = convert(values[i]);
    std::memcpy(out + i * sizeof(T), &value, sizeof(T));
  }
}

template <class Wide>
void store_wide(std::span<const Wide> values, DType to, std::byte* out) {
  switch (to) {
    case DType::f64:
      return store<double>(values, out, [](Wide v) { return static_cast<double>(v); });
    case DType::f32:
      return store<float>(values, out, [](Wide v) { return static_cast<float>(v); });
    case DType::f16:
      return store<std::uint16_t>(values, out, [](Wide v) { return float_to_f16(for_half(v)); });
    case DType::bf16:
      return store<std::uint16_t>(values, out, [](Wide v) { return float_to_bf16(for_half(v)); });
    case DType::i64:
      return store<std::int64_t>(values, out, [](Wide v) { return integer<std::int64_t>(v); });
    case DType::i32:
      return store<std::int32_t>(values, out, [](Wide v) { return integer<std::int32_t>(v); });
    case DType::i16:
      return store<std::int16_t>(values, out, [](Wide v) { return integer<std::int16_t>(v); });
    case DType::i8:
      return store<std::int8_t>(values, out, [](Wide v) { return integer<std::int8_t>(v); });
    case DType::u8:
      return store<std::uint8_t>(values, out, [](Wide v) { return integer<std::uint8_t>(v); });
    default:
      return store<std::uint8_t>(values, out, [](Wide v) { return static_cast<std::uint8_t>(v != 0); });
  }
}

template <class Wide>
void convert_blocks(DType from, ByteView source, DType to, std::span<std::byte> out) {
  const auto from_size = static_cast<std::size_t>(size_of(from)),
             to_size = static_cast<std::size_t>(size_of(to));
  const std::size_t count = source.size() / from_size;
  std::array<Wide, kBlock> block;
  for (std::size_t begin = 0; begin < count; begin += kBlock) {
    const std::span<Wide> values = std::span(block).first(std::min(kBlock, count - begin));
    load_wide(from, source.data() + begin * from_size, values);
    store_wide(std::span<const Wide>(values), to, out.data() + begin * to_size);
  }
}

}  // namespace

void check_variable_dtype(DType dtype, std::string_view subject) {
  if (size_of(dtype) > 0 && !is_float8(dtype)) return;
  fail(ErrorCode::unsupported, subject,
       "is given the dtype " + std::string(dtype_name(dtype)) + ", which a variable cannot have");
}

void convert_elements(DType from, ByteView source, DType to, std::span<std::byte> out) {
  if (from == to && from != DType::boolean) {
    if (!source.empty()) std::memcpy(out.data(), source.data(), source.size());
  } else if (is_floating(from)) {
    convert_blocks<double>(from, source, to, out);
  } else {
    convert_blocks<std::int64_t>(from, source, to, out);
  }
}

DType tensor_dtype(DType dtype) { return dtype == DType::f16 || dtype == DType::bf16 ? DType::f32 : dtype; }

Tensor converted(const Tensor& values, DType dtype) {
  Tensor result(values.shape(), tensor_dtype(dtype));
  if (result.dtype() == dtype) {
    convert_elements(values.dtype(), values.bytes(), dtype, result.bytes());
    return result;
  }
  std::vector<std::byte> rounded(static_cast<std::size_t>(values.shape().elements() * size_of(dtype)));
  convert_elements(values.dtype(), values.bytes(), dtype, rounded);
  convert_elements(dtype, rounded, result.dtype(), result.bytes());
  return result;
}

Tensor copy_of(const Tensor& values) { return converted(values, values.dtype()); }

Tensor repeated(const Tensor& element, const Shape& shape) {
  Tensor result(shape, element.dtype());
  const ByteView one = element.bytes();
  const std::span<std::byte> out = result.bytes();
  for (std::size_t i = 0; i < out.size(); i += one.size())
    std::copy(one.begin(), one.end(), out.begin() + static_cast<std::ptrdiff_t>(i));
  return result;
}

}  // namespace sightline::keras
