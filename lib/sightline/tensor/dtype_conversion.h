// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "sightline/base/bytes.h"

namespace sightline {

/// Convert between IEEE 754 binary16 and binary32. Narrowing rounds to nearest even; infinities and NaN are
/// preserved.
float f16_to_float(std::uint16_t bits);
std::uint16_t float_to_f16(float value);
/// Convert between bfloat16 and binary32 by the same rules.
float bf16_to_float(std::uint16_t bits);
std::uint16_t float_to_bf16(float value);

/// Convert many values: the results have the same bits as above, several times as fast. `bytes` holds
/// `out.size()` values and may have any alignment.
void f16_to_float(ByteView bytes, std::span<float> out);
void bf16_to_float(ByteView bytes, std::span<float> out);
/// `out` must have as many elements as `values`.
void float_to_f16(std::span<const float> values, std::span<std::uint16_t> out);
void float_to_bf16(std::span<const float> values, std::span<std::uint16_t> out);

}  // namespace sightline
