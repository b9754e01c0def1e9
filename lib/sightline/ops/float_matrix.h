// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>

#include "sightline/ops/gemm.h"

namespace sightline {

/// Weights [out, in] as float32. Float32 rows are used in place; panels and other types are converted on
/// first use, so that opening a model neither reads nor converts them. The mapped pages that they came from
/// are then released, so that they are not in memory twice.
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
