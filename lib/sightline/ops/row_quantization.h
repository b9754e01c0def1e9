// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

namespace sightline {

/// How the bytes of a quantized row stand for its values: value = scale * (byte - zero). Zero is always
/// represented exactly. The scale of a row with a value that is not finite is NaN.
struct QuantizedRow {
  float scale;
  std::int32_t zero;
};

/// Quantizes one row of activations, x[k] * factors[k] (x[k] if `factors` is null), to bytes: the range of
/// its values and zero is divided into 255 steps, and values are rounded to nearest, ties to even. `bytes`
/// may be longer than x; the rest becomes zero values. The same bits on every processor. A row whose values
/// span less than 2^-100 counts as zeros.
QuantizedRow quantize_row(std::span<const float> x, const float* factors, std::span<std::uint8_t> bytes);

}  // namespace sightline
