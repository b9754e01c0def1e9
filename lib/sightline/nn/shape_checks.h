// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "sightline/tensor/shape.h"

namespace sightline {

/// The outermost size of a shape; 0 for rank 0.
inline std::int64_t first_size(const Shape& shape) { return shape.rank() == 0 ? 0 : shape[0]; }
/// Checks that `values` is [rows, columns]. Errors: mismatch, with `layer` as its subject.
void check_rows(std::string_view layer, std::string_view what, const Shape& values, std::int64_t rows,
                std::int64_t columns);

}  // namespace sightline
