// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "sightline/tensor/tensor.h"

namespace sightline {

/// out[i, j] = x[i] . y[j], summed in double: each sum in one fixed order, whatever the shapes.
/// Shapes: x [n, E], y [m, E], out [n, m] with rows `ldo` floats apart.
void dot_products(TensorView<const float> x, TensorView<const float> y, float* out, std::int64_t ldo);

/// The dot product of a row with itself, summed as `dot_products` does but kept in double.
double squared_norm(std::span<const float> row);

/// Each value times `scale`: the product in double, rounded once.
void scale_row(std::span<float> row, double scale);

}  // namespace sightline
