// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sightline/base/parallel.h"
#include "sightline/weights/weights.h"

namespace sightline {

/// Compares two sets of weights. Returns the name of a tensor that one of them lacks, or whose bytes in
/// `target` differ from those of `source` converted to target's type (for int8: a weight differs by more than
/// half a step); "" if there is none. One tensor of each
/// is in memory at a time, and mapped pages are released. Errors: those of ElementConverter.
std::string find_difference(const Weights& source, const Weights& target, ThreadPool& pool);

}  // namespace sightline
