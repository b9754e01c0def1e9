// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "sightline/weights/weights.h"

namespace sightline {

/// A small weight (bias, gamma, positions) as float32: a pointer to the mapped bytes, or a converted copy if
/// they are stored in another type.
class VectorWeight {
 public:
  explicit VectorWeight(const StoredTensor& stored) {
    data_ = stored.as_float();
    if (data_ != nullptr) return;
    converted_ = to_float(stored);
    data_ = converted_.data();
  }
  const float* data() const { return data_; }

 private:
  const float* data_;
  Tensor converted_;
};

/// The vector [width] of a model that need not have one. Errors: missing, mismatch.
inline std::optional<VectorWeight> optional_vector(bool exists, const WeightScope& scope,
                                                   std::string_view name, std::int64_t width) {
  if (!exists) return std::nullopt;
  return std::optional<VectorWeight>(std::in_place, scope.require(name, Shape{width}));
}

}  // namespace sightline
