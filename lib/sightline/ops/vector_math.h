// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>

// A file of one instruction set defines the attribute that compiles these functions for its instructions: a
// vector cannot be passed between functions of different instruction sets.
#ifndef SIGHTLINE_TARGET
#define SIGHTLINE_TARGET
#endif

namespace sightline {

/// Vectors of 2, 4, 8 or 16 lanes (a GCC and clang extension); arithmetic is element by element. A vector of
/// floats wider than the registers of a level (portable 4, AVX2 8, AVX-512 16) is slow: g++ keeps it in
/// memory and compares it lane by lane. So loops take the width of their level, and sum in the same order for
/// every width.
template <int kLanes>
struct Vector {
  using Float [[gnu::vector_size(kLanes * 4)]] = float;
  using Int [[gnu::vector_size(kLanes * 4)]] = std::int32_t;
  using Double [[gnu::vector_size(kLanes * 8)]] = double;
};

/// exp of each lane, accurate to about 1 ulp; arguments are clamped to [-87, 88].
/// 2^n * exp(r), n = round(x / ln 2), r in two parts (Cody and Waite 1980), exp(r) by its Taylor polynomial.
template <class Float, class Int>
SIGHTLINE_TARGET [[gnu::always_inline]] inline Float exp_lanes(Float x) {
  x = x < -87.0F ? Float{} - 87.0F : x;
  x = x > 88.0F ? Float{} + 88.0F : x;
  const Float shifted = x * 1.44269504F + 12582912.0F;  // adding 1.5 * 2^23 rounds to an integer in the low
                                                        // bits
  const Float n = shifted - 12582912.0F;
  const Float r = (x - n * 0.693359375F) - n * -2.12194440e-4F;
  Float p = r * (1.0F / 5040.0F) + (1.0F / 720.0F);
  p = p * r + (1.0F / 120.0F);
  p = p * r + (1.0F / 24.0F);
  p = p * r + (1.0F / 6.0F);
  p = p * r + 0.5F;
  p = p * (r * r) + r + 1.0F;
  const Int exponent = (__builtin_bit_cast(Int, shifted) + 127) << 23;
  return p * __builtin_bit_cast(Float, exponent);  // the built-in: without optimisation std::bit_cast is a
                                                   // call with another ABI
}

/// erf of each lane as x P(x^2) / Q(x^2), |x| <= 4: the rational approximation that Eigen and XLA use.
template <class Float>
SIGHTLINE_TARGET [[gnu::always_inline]] inline Float erf_lanes(Float x) {
  x = x < -4.0F ? Float{} - 4.0F : x;
  x = x > 4.0F ? Float{} + 4.0F : x;
  const Float s = x * x;
  Float p = s * -2.72614225801306e-10F + 2.77068142495902e-08F;
  p = p * s - 2.10102402082508e-06F;
  p = p * s - 5.69250639462346e-05F;
  p = p * s - 7.34990630326855e-04F;
  p = p * s - 2.95459980854025e-03F;
  p = p * s - 1.60960333262415e-02F;
  Float q = s * -1.45660718464996e-05F - 2.13374055278905e-04F;
  q = q * s - 1.68282697438203e-03F;
  q = q * s - 7.37332916720468e-03F;
  q = q * s - 1.42647390514189e-02F;
  return x * p / q;
}

/// x * sigmoid(1.702 x). Source: OpenAI CLIP, model.py `QuickGELU`.
template <class Float, class Int>
SIGHTLINE_TARGET [[gnu::always_inline]] inline Float quick_gelu_lanes(Float x) {
  return x / (1.0F + exp_lanes<Float, Int>(x * -1.702F));
}

/// x * sigmoid(x).
template <class Float, class Int>
SIGHTLINE_TARGET [[gnu::always_inline]] inline Float silu_lanes(Float x) {
  return x / (1.0F + exp_lanes<Float, Int>(-x));
}

/// x * (1 + tanh(u)) / 2 with u = sqrt(2 / pi) * (x + 0.044715 x^3), which equals x * sigmoid(2 u). Source:
/// transformers `gelu_pytorch_tanh`.
template <class Float, class Int>
SIGHTLINE_TARGET [[gnu::always_inline]] inline Float gelu_tanh_lanes(Float x) {
  return x / (1.0F + exp_lanes<Float, Int>(x * (-1.59576912F - 0.0713548163F * (x * x))));
}

/// x * (1 + erf(x / sqrt 2)) / 2: the exact form.
template <class Float>
SIGHTLINE_TARGET [[gnu::always_inline]] inline Float gelu_lanes(Float x) {
  return 0.5F * x * (1.0F + erf_lanes(x * 0.70710678F));
}

}  // namespace sightline
