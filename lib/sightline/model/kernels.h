// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sightline {

/// A step with several implementations, and the one used on this processor.
struct KernelChoice {
  std::string_view step;  ///< "matrix products"
  std::string chosen;     ///< "native, avx512"
};

/// The implementation used for each such step. If this build has the OpenBLAS backend, also whether that is
/// usable, which loads its library.
std::vector<KernelChoice> kernel_choices();

}  // namespace sightline
