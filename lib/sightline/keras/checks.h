// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "sightline/keras/layer_options.h"

namespace sightline::keras {

/// `value`. Errors: range, with `name`, when it is below 1 or above `most`.
std::int64_t at_least_one(std::int64_t value, std::string_view name,
                          std::int64_t most = std::numeric_limits<std::int64_t>::max());
/// Errors: range when `heads` do not divide `width`, or either is below 1.
void check_heads(std::int64_t width, std::string_view width_name, std::int64_t heads,
                 std::string_view heads_name);
/// Errors: range unless `epsilon` is finite and above 0, as a float too.
void check_epsilon(double epsilon, std::string_view name);
/// The width between the layers of an MLP: `mlp_width`, or four times `width`. Errors: range.
std::int64_t mlp_width_or_default(std::int64_t width, const std::optional<std::int64_t>& mlp_width,
                                  std::string_view name);
/// Errors: unsupported unless it is "quick_gelu" or "gelu".
void check_mlp_activation(std::string_view activation, std::string_view name);
/// `options`. Errors: unsupported for a dtype other than float32, with the class's name.
const LayerOptions& float32_only(const LayerOptions& options, std::string_view class_name);
/// `options` with the dtype float32, of a layer that computes in float32 and has an int8 form. Errors:
/// unsupported for a dtype other than float32 and int8_from_float32, with the class's name.
LayerOptions float32_or_int8(const LayerOptions& options, std::string_view class_name);
/// Whether the dtype of `options` is quantized.
inline bool is_quantized(const LayerOptions& options) { return !options.dtype.quantization_mode().empty(); }
/// `options` of a part of a layer: `name` alone.
LayerOptions named(std::string_view name);

}  // namespace sightline::keras
