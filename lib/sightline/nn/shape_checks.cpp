// SPDX-License-Identifier: Apache-2.0
#include "sightline/nn/shape_checks.h"

#include <string>

#include "sightline/base/error.h"

namespace sightline {

void check_rows(std::string_view layer, std::string_view what, const Shape& values, std::int64_t rows,
                std::int64_t columns) {
  if (values.rank() == 2 && values[0] == rows && values[1] == columns) return;
  fail(ErrorCode::mismatch, layer,
       "is given " + std::string(what) + " of shape " + to_string(values) + ", expected " +
           to_string(Shape{rows, columns}));
}

}  // namespace sightline
