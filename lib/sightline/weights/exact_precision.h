// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sightline/base/parallel.h"
#include "sightline/weights/weights.h"

namespace sightline {

/// Whether float16 represents all floating-point values, read as float32, exactly. Reads the weights up to
/// the first value that it does not represent; NaN is such a value.
bool is_exact_in_f16(const Weights& weights, ThreadPool& pool);

}  // namespace sightline
