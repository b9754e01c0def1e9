// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sightline {

/// A step that has several implementations, and what of them runs on this processor.
struct KernelChoice {
  std::string_view step;  ///< "matrix products"
  std::string chosen;     ///< "native, avx512"
};

/// What this processor uses for each such step, and whether OpenBLAS, where this build has that backend,
/// could be used instead (which loads it).
std::vector<KernelChoice> kernel_choices();

}  // namespace sightline
