// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>

#include "sightline/ops/gemm.h"

namespace sightline {

/// Weights [out, in] as float32: the mapped bytes themselves where they are that already, else a copy
/// converted when it is first used, so that opening a model never reads or makes its weights.
class FloatMatrix : public PackedMatrix {
 public:
  explicit FloatMatrix(const StoredTensor& weights)
      : stored_(weights), mapped_(weights.is_deferred() ? nullptr : weights.as_float()) {}
  std::int64_t in_features() const override { return stored_.shape.elements() / stored_.shape[0]; }
  std::int64_t out_features() const override { return stored_.shape[0]; }

 protected:
  const float* values() const;

 private:
  StoredTensor stored_;
  const float* mapped_;
  mutable std::once_flag once_;
  mutable Tensor converted_;
};

}  // namespace sightline
