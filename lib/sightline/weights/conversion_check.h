// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sightline/base/parallel.h"
#include "sightline/weights/weights.h"

namespace sightline {

/// The name of a tensor that one of the two lacks, or whose bytes in `target` are not those of `source` in
/// target's type and number of elements; "" when there is none. One tensor of each is in memory at a time,
/// and mapped pages are given back. Errors: those of ElementConverter.
std::string find_difference(const Weights& source, const Weights& target, ThreadPool& pool);

}  // namespace sightline
