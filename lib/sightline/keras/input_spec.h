// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>

#include "sightline/tensor/shape.h"

namespace sightline::keras {

/// The shape that a layer requires of its input, as keras.layers.InputSpec. A field that is not set is not
/// checked.
struct InputSpec {
  std::optional<int> ndim = {};
  std::optional<int> min_ndim = {};
  std::optional<int> max_ndim = {};
  std::map<int, std::int64_t> axes = {};  ///< size of an axis; negative axes count from the end

  /// A size of -1 in `shape` is not known yet and fits any. Errors: mismatch, with `layer` as its subject,
  /// when `shape` does not fit.
  void check(const Shape& shape, std::string_view layer) const;
};

}  // namespace sightline::keras
