// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string_view>

#include "sightline/tensor/shape.h"

namespace sightline {

/// What a layer asks of its input's shape, as keras.layers.InputSpec. What is not set is not asked.
struct InputSpec {
  std::optional<int> ndim = {};
  std::optional<int> min_ndim = {};
  std::optional<int> max_ndim = {};
  std::map<int, std::int64_t> axes = {};  ///< size of an axis; negative axes count from the end

  /// A size of `shape` that is not known yet (-1) is any. Errors: mismatch, with `layer` as its subject, when
  /// `shape` is not what is asked.
  void check(const Shape& shape, std::string_view layer) const;
};

/// The outermost size, 0 without one.
inline std::int64_t first_size(const Shape& shape) { return shape.rank() == 0 ? 0 : shape[0]; }
/// Errors: mismatch, with `layer` as its subject, when `values` is not [rows, columns].
void check_rows(std::string_view layer, std::string_view what, const Shape& values, std::int64_t rows,
                std::int64_t columns);

}  // namespace sightline
