// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "sightline/keras/initializers.h"
#include "sightline/keras/variable.h"
#include "sightline/weights/weights.h"

namespace sightline::keras {

/// A matrix [rows, columns] in int8: integers divided by the scale of their row are the values. Before it is
/// known, zeros and ones, as in Keras.
struct Int8Weight {
  Initializer values = "zeros";
  Initializer scales = "ones";
};

/// The variables of such a matrix: `name` [rows, columns], and `name`_scale [rows]. `NewWeight` is the one of
/// a layer.
template <class NewWeight>
std::array<NewWeight, 2> int8_variables(const std::string& name, const Shape& shape,
                                        const Int8Weight& weight = {}) {
  return {
      NewWeight{
          .shape = shape, .initializer = weight.values, .dtype = DType::i8, .trainable = false, .name = name},
      NewWeight{.shape = {shape[0]},
                .initializer = weight.scales,
                .dtype = DType::f32,
                .trainable = false,
                .name = name + "_scale"}};
}

/// Quantizes the value of `weight` [rows, columns] as Keras does: the scale of a row is 127 / (max |x| +
/// 1e-7), all in float32, and integers are rounded to nearest even. A row with a value that is not finite
/// becomes zeros, with a scale of 0 or NaN, so that what is computed with it is not finite either. Source:
/// keras/src/quantizers/quantizers.py, `abs_max_quantize`. Errors: as `check_int8_columns`.
Int8Weight int8_weight(const Variable& weight);
/// Errors: range, with the path of `weight`, for more columns than a product of int8 takes.
void check_int8_columns(std::int64_t columns, std::string_view path);

/// Adds `values` and `scales`, which are such a pair, to `weights` as one tensor of panels, which the engine
/// multiplies or looks up as int8.
void collect_int8_weight(Weights& weights, const std::string& prefix, std::string_view name,
                         const Variable& values, const Variable& scales);

}  // namespace sightline::keras
