// SPDX-License-Identifier: Apache-2.0
#include "sightline/keras/checks.h"

#include <cmath>

#include "sightline/base/error.h"
#include "sightline/keras/dtype_policy.h"
#include "sightline/model/config_section.h"

namespace sightline::keras {

std::int64_t at_least_one(std::int64_t value, std::string_view name, std::int64_t most) {
  if (value < 1) fail(ErrorCode::range, name, "is " + std::to_string(value) + ", expected 1 or more");
  if (value > most) {
    fail(ErrorCode::range, name,
         "is " + std::to_string(value) + ", expected at most " + std::to_string(most));
  }
  return value;
}

void check_heads(std::int64_t width, std::string_view width_name, std::int64_t heads,
                 std::string_view heads_name) {
  at_least_one(width, width_name, kMaxWidth);
  if (heads < 1 || width % heads != 0) {
    fail(ErrorCode::range, heads_name,
         "is " + std::to_string(heads) + ", expected a divisor of the width " + std::to_string(width));
  }
}

void check_epsilon(double epsilon, std::string_view name) {
  const auto single = static_cast<float>(epsilon);
  if (!(single > 0) || !std::isfinite(single))
    fail(ErrorCode::range, name, "is " + std::to_string(epsilon) + ", expected a number above 0");
}

std::int64_t mlp_width_or_default(std::int64_t width, const std::optional<std::int64_t>& mlp_width,
                                  std::string_view name) {
  return at_least_one(mlp_width.value_or(4 * width), name, kMaxMlpWidth);
}

void check_mlp_activation(std::string_view activation, std::string_view name) {
  if (activation == "quick_gelu" || activation == "gelu") return;
  fail(ErrorCode::unsupported, name, "is '" + std::string(activation) + "', expected quick_gelu or gelu");
}

const LayerOptions& float32_only(const LayerOptions& options, std::string_view class_name) {
  check_float32(options.dtype, options.name.value_or(std::string(class_name)));
  return options;
}

LayerOptions float32_or_int8(const LayerOptions& options, std::string_view class_name) {
  LayerOptions result = options;
  result.dtype = DTypePolicy();
  return options.dtype.name() == "int8_from_float32" ? result : float32_only(options, class_name);
}

LayerOptions named(std::string_view name) { return {.name = std::string(name)}; }

}  // namespace sightline::keras
