// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/base/bytes.h"
#include "sightline/tensor/stored_tensor.h"
#include "sightline/weights/packed_plan.h"

namespace sightline {

/// The scales of the int8 matrices of a packed file. They are copied from it, because the parts of a file in
/// memory need not be aligned.
class PackedScales {
 public:
  /// Copies a field of a matrix and checks each of its values: scales are finite and not negative, factors
  /// are from kMinFactor to kMaxFactor, and sums are possible for integers from -127 to 127. Errors: corrupt
  /// for a NaN or an infinity; range for other values. `bytes` has the size that the plan gives the part.
  void add(const PackedPart& part, ByteView bytes);
  /// The scales of a matrix, valid as long as this object; all empty if it has none.
  PanelScales of(std::string_view tensor) const;

 private:
  struct Matrix {
    std::vector<float> columns, inputs;
    std::vector<std::int32_t> sums;
  };
  std::map<std::string, Matrix, std::less<>> matrices_;
};

/// Checks that the integers of int8 panels are from -127 to 127 and have the stated sums. Reads every byte.
/// Errors: corrupt, with `name`.
void check_sums(std::string_view name, const StoredPanels& panels);

}  // namespace sightline
