// SPDX-License-Identifier: Apache-2.0
#include "sightline/tensor/dtype_conversion.h"

#include <cassert>
#include <cstring>

#include "sightline/base/by_cpu.h"
#include "sightline/base/half.h"

namespace sightline {
namespace {

// The result does not depend on the instruction set: each element takes a fixed sequence of exact integer
// operations and one product or sum.
template <float (*convert)(std::uint16_t)>
[[gnu::always_inline]] inline void widen(const std::byte* bytes, float* out, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    std::uint16_t value;
    std::memcpy(&value, bytes + 2 * i, 2);
    out[i] = convert(value);
  }
}

template <std::uint16_t (*convert)(float)>
[[gnu::always_inline]] inline void narrow(const float* values, std::uint16_t* out, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) out[i] = convert(values[i]);
}

}  // namespace

float f16_to_float(std::uint16_t bits) { return half_to_float(bits); }
std::uint16_t float_to_f16(float value) { return float_to_half(value); }
float bf16_to_float(std::uint16_t bits) { return bfloat_to_float(bits); }
std::uint16_t float_to_bf16(float value) { return float_to_bfloat(value); }

void f16_to_float(ByteView bytes, std::span<float> out) {
  assert(bytes.size() == out.size() * 2);
  ByCpu<widen<half_to_float>, CpuFeature::avx2>::call(bytes.data(), out.data(), out.size());
}

void bf16_to_float(ByteView bytes, std::span<float> out) {
  assert(bytes.size() == out.size() * 2);
  ByCpu<widen<bfloat_to_float>, CpuFeature::avx2>::call(bytes.data(), out.data(), out.size());
}

void float_to_f16(std::span<const float> values, std::span<std::uint16_t> out) {
  assert(values.size() == out.size());
  ByCpu<narrow<float_to_half>, CpuFeature::avx2>::call(values.data(), out.data(), out.size());
}

void float_to_bf16(std::span<const float> values, std::span<std::uint16_t> out) {
  assert(values.size() == out.size());
  ByCpu<narrow<float_to_bfloat>, CpuFeature::avx2>::call(values.data(), out.data(), out.size());
}

}  // namespace sightline
