// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "sightline/base/bytes.h"

namespace sightline {

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
