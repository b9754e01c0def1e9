// SPDX-License-Identifier: Apache-2.0
#include "sightline/keras/input_spec.h"

#include <string>

#include "sightline/base/error.h"

namespace sightline::keras {
namespace {

constexpr std::int64_t kUnknownSize = -1;

}  // namespace

void InputSpec::check(const Shape& shape, std::string_view layer) const {
  const auto refuse = [&](const std::string& expected) {
    fail(ErrorCode::mismatch, layer,
         "is given an input of shape " + to_string(shape) + ", expected " + expected);
  };
  if (ndim && shape.rank() != *ndim) refuse(std::to_string(*ndim) + " dimensions");
  if (min_ndim && shape.rank() < *min_ndim) refuse("at least " + std::to_string(*min_ndim) + " dimensions");
  if (max_ndim && shape.rank() > *max_ndim) refuse("at most " + std::to_string(*max_ndim) + " dimensions");
  for (const auto& [axis, size] : axes) {
    const int at = axis < 0 ? axis + shape.rank() : axis;
    const bool fits = at >= 0 && at < shape.rank() &&
                      (shape[at] == size || shape[at] == kUnknownSize || size == kUnknownSize);
    if (!fits) refuse("size " + std::to_string(size) + " of axis " + std::to_string(axis));
  }
}

}  // namespace sightline::keras
