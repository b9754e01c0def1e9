// SPDX-License-Identifier: Apache-2.0
#include "sightline/weights/packed_probes.h"

#include <cmath>
#include <cstdint>
#include <string>

#include "sightline/base/error.h"
#include "sightline/base/format.h"

namespace sightline {

void check_probe_embeddings(std::string_view name, TensorView<const float> rows) {
  constexpr double kTolerance = 1e-3;  // far more than rounding to float32 causes
  for (std::int64_t index = 0; index < rows.rows(); ++index) {
    double squares = 0;
    for (const float value : rows.row(index)) squares += double{value} * double{value};
    if (!std::isfinite(squares))
      fail(ErrorCode::corrupt, name, "contains a NaN or an infinity, expected finite numbers");
    const double norm = std::sqrt(squares);
    if (norm == 0 || std::abs(norm - 1) <= kTolerance) continue;
    std::string problem = "has a row " + std::to_string(index) + " of norm ";
    append_double(problem, norm);
    fail(ErrorCode::range, name, problem + ", expected 1");
  }
}

}  // namespace sightline
