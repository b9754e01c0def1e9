// SPDX-License-Identifier: Apache-2.0
#include "sightline/ops/float_matrix.h"

namespace sightline {

const float* FloatMatrix::values() const {
  if (mapped_ != nullptr) return mapped_;
  std::call_once(once_, [this] {
    converted_ = to_float(stored_);
    stored_.drop_pages();
  });
  return converted_.data();
}

}  // namespace sightline
