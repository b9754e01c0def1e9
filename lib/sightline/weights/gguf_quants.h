// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "sightline/base/bytes.h"
#include "sightline/containers/gguf.h"

namespace sightline {

/// Whether elements of the type are stored in blocks of 32 with a shared scale.
bool is_quantized(GgufTensorType type);

/// Dequantizes whole blocks to float32, with the same bits as ggml. `blocks` needs no alignment; `out` holds
/// the bytes of the floats, 32 per block; `type` is quantized.
/// Source: ggml src/ggml-quants.c, dequantize_row_q4_0 and the others.
void dequantize(GgufTensorType type, ByteView blocks, std::span<std::byte> out);
/// Dequantizes the element `index`, reading only its block.
float dequantized_element(GgufTensorType type, ByteView blocks, std::int64_t index);

}  // namespace sightline
