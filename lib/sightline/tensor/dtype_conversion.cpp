// SPDX-License-Identifier: Apache-2.0
#include "sightline/tensor/dtype_conversion.h"

#include <cassert>
#include <cstring>

#include "sightline/base/half.h"

namespace sightline {
namespace {

// One loop, compiled for the plain instruction set and for AVX2; both give the same bits, since each element
// is a fixed sequence of exact integer operations and one product or sum.
template <float (*convert)(std::uint16_t)>
[[gnu::always_inline]] inline void widen_all(const std::byte* bytes, float* out, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    std::uint16_t value;
    std::memcpy(&value, bytes + 2 * i, 2);
    out[i] = convert(value);
  }
}

template <std::uint16_t (*convert)(float)>
[[gnu::always_inline]] inline void narrow_all(const float* values, std::uint16_t* out, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) out[i] = convert(values[i]);
}

template <float (*convert)(std::uint16_t)>
void widen(const std::byte* bytes, float* out, std::size_t count) {
  widen_all<convert>(bytes, out, count);
}
template <std::uint16_t (*convert)(float)>
void narrow(const float* values, std::uint16_t* out, std::size_t count) {
  narrow_all<convert>(values, out, count);
}

#if defined(__x86_64__)
template <float (*convert)(std::uint16_t)>
[[gnu::target("avx2")]] void widen_avx2(const std::byte* bytes, float* out, std::size_t count) {
  widen_all<convert>(bytes, out, count);
}
template <std::uint16_t (*convert)(float)>
[[gnu::target("avx2")]] void narrow_avx2(const float* values, std::uint16_t* out, std::size_t count) {
  narrow_all<convert>(values, out, count);
}
template <class Function>
Function* pick(Function* avx2, Function* plain) {
  static const bool has_avx2 = __builtin_cpu_supports("avx2") != 0;
  return has_avx2 ? avx2 : plain;
}
#else
template <float (*convert)(std::uint16_t)>
constexpr auto widen_avx2 = widen<convert>;
template <std::uint16_t (*convert)(float)>
constexpr auto narrow_avx2 = narrow<convert>;
template <class Function>
Function* pick(Function* /*avx2*/, Function* plain) {
  return plain;
}
#endif

}  // namespace

float f16_to_float(std::uint16_t bits) { return half_to_float(bits); }
std::uint16_t float_to_f16(float value) { return float_to_half(value); }
float bf16_to_float(std::uint16_t bits) { return bfloat_to_float(bits); }
std::uint16_t float_to_bf16(float value) { return float_to_bfloat(value); }

void f16_to_float(ByteView bytes, std::span<float> out) {
  assert(bytes.size() == out.size() * 2);
  pick(widen_avx2<half_to_float>, widen<half_to_float>)(bytes.data(), out.data(), out.size());
}

void bf16_to_float(ByteView bytes, std::span<float> out) {
  assert(bytes.size() == out.size() * 2);
  pick(widen_avx2<bfloat_to_float>, widen<bfloat_to_float>)(bytes.data(), out.data(), out.size());
}

void float_to_f16(std::span<const float> values, std::span<std::uint16_t> out) {
  assert(values.size() == out.size());
  pick(narrow_avx2<float_to_half>, narrow<float_to_half>)(values.data(), out.data(), out.size());
}

void float_to_bf16(std::span<const float> values, std::span<std::uint16_t> out) {
  assert(values.size() == out.size());
  pick(narrow_avx2<float_to_bfloat>, narrow<float_to_bfloat>)(values.data(), out.data(), out.size());
}

}  // namespace sightline
