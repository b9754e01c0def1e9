// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sightline/tensor/stored_tensor.h"

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

}  // namespace sightline
