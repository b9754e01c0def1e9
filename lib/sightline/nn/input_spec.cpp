// SPDX-License-Identifier: Apache-2.0
#include "sightline/nn/input_spec.h"

#include <string>

#include "sightline/base/error.h"

namespace sightline {
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
    if (at < 0 || at >= shape.rank() || (shape[at] != size && shape[at] != kUnknownSize))
      refuse("size " + std::to_string(size) + " of axis " + std::to_string(axis));
  }
}

void check_rows(std::string_view layer, std::string_view what, const Shape& values, std::int64_t rows,
                std::int64_t columns) {
  if (values.rank() == 2 && values[0] == rows && values[1] == columns) return;
  fail(ErrorCode::mismatch, layer,
       "is given " + std::string(what) + " of shape " + to_string(values) + ", expected " +
           to_string(Shape{rows, columns}));
}

}  // namespace sightline
