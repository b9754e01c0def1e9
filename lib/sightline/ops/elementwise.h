// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "sightline/ops/gemm.h"
#include "sightline/tensor/tensor.h"

namespace sightline {

/// y = (x - mean) / sqrt(variance + epsilon) * gamma + beta, over each row; sums in double.
/// Shapes:  x, y [rows, W]; gamma, beta [W]. y may be x.
/// Source:  Ba et al. 2016; torch.nn.LayerNorm (biased variance).
void layer_norm(TensorView<const float> x, const float* gamma, const float* beta, float epsilon,
                TensorView<float> y);

/// Softmax over the first `count` values of a row, in place; the largest is subtracted first.
void softmax_row(float* row, std::int64_t count);

/// x * sigmoid(1.702 x), in place. Source: OpenAI CLIP, model.py `QuickGELU`.
void quick_gelu(float* values, std::int64_t count);
/// x * (1 + erf(x / sqrt 2)) / 2, in place: the exact form, erf to 2 ulp.
void gelu(float* values, std::int64_t count);

/// One row of a product's epilogue: y = f(product + bias), or y += product + bias. `product` may be y.
void apply_epilogue(const float* product, float* y, std::int64_t columns, std::int64_t first_column,
                    const Epilogue& epilogue);

}  // namespace sightline
