// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "sightline/ops/attention.h"
#include "sightline/tensor/tensor.h"

namespace sightline {

/// The mean of the rows of a sequence, summed in double. Shapes:  x [R, W] -> mean [W]. The rows of
/// `sequence` must exist (`check_spans`).
void row_mean(TensorView<const float> x, const AttentionSpan& sequence, std::span<float> mean);

}  // namespace sightline
