// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sightline/image/pixel_pipeline.h"

namespace sightline {

/// The weights of one side that is resized from `source` to `target` positions, before they are rounded.
/// Source: Pillow 13.0.0 src/libImaging/Resample.c (precompute_coeffs: antialiased when shrinking), operation
/// by operation in double; PyTorch 2.13 UpSampleKernel.cpp (compute_index_ranges_weights) is equal to it.
class AxisWeights {
 public:
  /// `filter`: any but nearest.
  AxisWeights(Resample filter, std::int32_t source, std::int32_t target);

  /// The largest number of weights that an output can have.
  std::int32_t taps() const { return static_cast<std::int32_t>(weights_.size()); }

  /// The weights of one output, whose sum is 1, for the source positions from `first`.
  struct Output {
    std::int32_t first;
    std::span<const double> weights;
  };
  /// Valid until the next call.
  Output output(std::int32_t i);

 private:
  std::int32_t source_;
  double (*function_)(double);
  double scale_;
  double support_;
  double inverse_;
  std::vector<double> weights_;
};

}  // namespace sightline
