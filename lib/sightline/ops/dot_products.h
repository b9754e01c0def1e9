// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "sightline/tensor/tensor.h"

namespace sightline {

/// out[i, j] = x[i] . y[j], accumulated in double. Each sum has one fixed order for all shapes.
/// Shapes: x [n, E], y [m, E], out [n, m] with rows `ldo` floats apart.
void dot_products(TensorView<const float> x, TensorView<const float> y, float* out, std::int64_t ldo);

/// The dot product of a row with itself, accumulated as in `dot_products` but returned as a double.
double squared_norm(std::span<const float> row);

/// Multiplies each value by `scale` in double and rounds once.
void scale_row(std::span<float> row, double scale);

/// Divides each row by its L2 norm, summed in double. A row of zeros is left unchanged.
void l2_normalize(TensorView<float> rows);

}  // namespace sightline
