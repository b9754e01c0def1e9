// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/projection.h"

#include <string>

#include "sightline/base/error.h"

namespace sightline {

std::optional<Dense> optional_projection(const WeightScope& root, const TowerConfig& tower, std::int64_t size,
                                         const GemmBackend& backend) {
  const std::int64_t width = tower.encoder.width;
  if (!tower.projection.name.empty()) {
    const Bias bias = tower.projection.bias ? Bias::yes : Bias::no;
    return std::optional<Dense>(std::in_place, root / tower.projection.name,
                                Dense::Options{.in = width, .units = size, .bias = bias}, backend);
  }
  if (width == size) return std::nullopt;
  fail(ErrorCode::range, "projection_dim",
       "is " + std::to_string(size) + ", but a tower of width " + std::to_string(width) +
           " has no projection");
}

}  // namespace sightline
