// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "sightline/ops/gemm.h"
#include "sightline/tensor/tensor.h"

namespace sightline {

/// y = (x - mean) / sqrt(variance + epsilon) * gamma + beta for each row, with sums in double.
/// Shapes: x, y [rows, W]; gamma, beta [W]. y may alias x.
/// Source: Ba et al. 2016; torch.nn.LayerNorm (biased variance).
void layer_norm(TensorView<const float> x, const float* gamma, const float* beta, float epsilon,
                TensorView<float> y);

/// x * sigmoid(1.702 x), in place. Source: OpenAI CLIP, model.py `QuickGELU`.
void quick_gelu(float* values, std::int64_t count);
/// x * (1 + erf(x / sqrt 2)) / 2, in place: the exact form, with erf accurate to 2 ulp.
void gelu(float* values, std::int64_t count);

/// The approximation of `gelu` by a tanh, in place.
void gelu_tanh(float* values, std::int64_t count);

/// values *= gate * sigmoid(gate), element by element: the product of a gated layer.
/// Source: Shazeer 2020, "GLU Variants Improve Transformer" (SwiGLU).
void multiply_by_silu(float* values, const float* gate, std::int64_t count);

/// The epilogue of one row of a product: y = f(product + bias), or y += product + bias. `product` may alias
/// y.
void apply_epilogue(const float* product, float* y, std::int64_t columns, std::int64_t first_column,
                    const Epilogue& epilogue);

}  // namespace sightline
