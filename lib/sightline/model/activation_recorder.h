// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "sightline/ops/gemm.h"

namespace sightline {

/// The rows that one or several matrices multiply at one place of a model.
struct ActivationSite {
  std::vector<const StoredTensor*>
      matrices;                ///< several if they multiply the same rows (queries, keys, values)
  std::vector<float> largest;  ///< [in], the largest absolute value of each input
  Tensor sample;               ///< [at most kRows, in], rows evenly spread over all of them
  static constexpr std::int64_t kRows = 64;
};

/// A backend that multiplies with another one and records what is multiplied. Each matrix must be used once,
/// from one thread at a time.
class ActivationRecorder : public GemmBackend {
 public:
  explicit ActivationRecorder(const GemmBackend& backend) : backend_(backend) {}

  std::string_view name() const override { return backend_.name(); }
  bool supported() const override { return backend_.supported(); }
  /// The result refers to this object. `weights` identify the matrix in `sites`.
  std::unique_ptr<PackedMatrix> pack(const StoredTensor& weights) const override;

  /// All sites in the order of the products.
  const std::vector<ActivationSite>& sites() const { return sites_; }

 private:
  class Matrix;
  void record(const StoredTensor& weights, TensorView<const float> x) const;

  const GemmBackend& backend_;
  mutable std::vector<ActivationSite> sites_;
};

}  // namespace sightline
