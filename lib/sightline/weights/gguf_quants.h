// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "sightline/base/bytes.h"
#include "sightline/containers/gguf.h"

namespace sightline {

/// Whether elements of the type are stored in blocks of 32 with a scale.
bool is_quantized(GgufTensorType type);

/// The elements of whole blocks as float32, the bits that ggml gives. `blocks` needs no alignment; `out`
/// holds the floats' bytes, 32 for a block; `type` is quantised.
/// Source: ggml src/ggml-quants.c, dequantize_row_q4_0 and the others.
void dequantize(GgufTensorType type, ByteView blocks, std::span<std::byte> out);
/// The element `index` of the same, out of its block alone.
float dequantized_element(GgufTensorType type, ByteView blocks, std::int64_t index);

}  // namespace sightline
